"""The text application's handler."""
