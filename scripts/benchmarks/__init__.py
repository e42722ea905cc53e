"""Benchmarks of ``make bench``: a module for each part of the table, and two that they share."""
