"""What runs in Lambda. It imports nothing of the library: it is what gets zipped."""
