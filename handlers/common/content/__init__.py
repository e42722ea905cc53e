"""Filters of prompts, and of texts that a model made: a module for each, loaded where the environment names it."""
