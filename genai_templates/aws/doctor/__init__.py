"""Diagnosis of a region: what stacks of ours have left there, and what it costs."""

from .diagnosis import Diagnosis, diagnose
from .findings import Finding

__all__ = ["Diagnosis", "Finding", "diagnose"]
