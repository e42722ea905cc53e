"""Stands for the standard library's ensurepip on the sandbox's machine, which has no network."""
