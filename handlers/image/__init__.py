"""The image application's handlers."""
