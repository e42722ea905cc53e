"""The stand-in for the models: sentences of the text that it got, and pictures drawn from prompt and seed."""
