"""Resource types that ministack's CloudFormation lacks or treats otherwise: one module each."""

from __future__ import annotations

from ministack.services.cloudformation import provisioners

from . import (
    alarm,
    bucket,
    budget,
    endpoint,
    endpoint_configuration,
    flow_log,
    inference_component,
    model,
    notebook,
    notebook_lifecycle,
    scaling,
    schedule,
    table,
    vpc_parts,
)


def apply() -> None:
    """Register the types with ministack's CloudFormation."""
    alarm.apply()
    endpoint.apply()
    endpoint_configuration.apply()
    scaling.apply()
    vpc_parts.apply()
    inference_component.apply()
    handlers = provisioners._RESOURCE_HANDLERS
    for kind in (budget, endpoint, endpoint_configuration, flow_log, inference_component, model, schedule):
        handlers[kind.TYPE] = kind.HANDLERS
    handlers.update(vpc_parts.checked(handlers))
    handlers[scaling.TARGET_TYPE] = scaling.TARGET_HANDLERS
    handlers[scaling.POLICY_TYPE] = scaling.POLICY_HANDLERS
    handlers[notebook.TYPE] = notebook.HANDLERS
    handlers[notebook_lifecycle.TYPE] = notebook_lifecycle.HANDLERS
    handlers[bucket.TYPE] = bucket.with_tags(bucket.refuse_deleting_non_empty(handlers[bucket.TYPE]))
    handlers[table.TYPE] = table.with_ttl_and_recovery(handlers[table.TYPE])
