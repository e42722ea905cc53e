"""Asynchronous work of any application: jobs that are submitted, processed, shown and, if nothing helps, failed."""
