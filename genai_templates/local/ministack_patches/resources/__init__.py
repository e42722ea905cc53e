"""Resource types that ministack lacks, or creates with less care than CloudFormation: one module each."""

from __future__ import annotations

from ministack.services.cloudformation import provisioners

from . import alarm, bucket, notebook, notebook_lifecycle, table


def apply() -> None:
    """Register the types with ministack's CloudFormation."""
    alarm.apply()
    handlers = provisioners._RESOURCE_HANDLERS
    handlers[notebook.TYPE] = notebook.HANDLERS
    handlers[notebook_lifecycle.TYPE] = notebook_lifecycle.HANDLERS
    handlers[bucket.TYPE] = bucket.careful(handlers[bucket.TYPE])
    handlers[table.TYPE] = table.complete(handlers[table.TYPE])
