"""The stacks: components wired together, as in the architecture's picture."""
