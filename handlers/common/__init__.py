"""The parts that the handlers of all applications share."""
