"""The stand-in for the models: sentences of the given text, and pictures drawn from prompt and seed."""
