"""The code of the Lambda functions, which imports nothing of the library: it is what gets zipped."""
