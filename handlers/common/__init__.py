"""What the handlers of both applications share."""
