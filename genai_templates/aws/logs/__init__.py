"""The logs of a stack, read together and followed, in the order of time."""
