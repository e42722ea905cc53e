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
    guardrail,
    inference_component,
    keys,
    managed_login_branding,
    model,
    notebook,
    notebook_lifecycle,
    scaling,
    schedule,
    table,
    user_pool,
    user_pool_client,
    vpc_parts,
    web_acl,
    web_acl_association,
    web_acl_logging,
)


def apply() -> None:
    """Register the types with ministack's CloudFormation."""
    alarm.apply()
    endpoint.apply()
    endpoint_configuration.apply()
    scaling.apply()
    vpc_parts.apply()
    inference_component.apply()
    user_pool.apply()
    user_pool_client.apply()
    handlers = provisioners._RESOURCE_HANDLERS
    for kind in (
        budget,
        endpoint,
        endpoint_configuration,
        flow_log,
        inference_component,
        managed_login_branding,
        model,
        schedule,
        web_acl,
        web_acl_association,
        web_acl_logging,
    ):
        handlers[kind.TYPE] = kind.HANDLERS
    handlers.update(vpc_parts.checked(handlers))
    handlers[scaling.TARGET_TYPE] = scaling.TARGET_HANDLERS
    handlers[scaling.POLICY_TYPE] = scaling.POLICY_HANDLERS
    handlers[guardrail.TYPE] = guardrail.HANDLERS
    handlers[guardrail.VERSION_TYPE] = guardrail.VERSION_HANDLERS
    handlers[notebook.TYPE] = notebook.HANDLERS
    handlers[notebook_lifecycle.TYPE] = notebook_lifecycle.HANDLERS
    handlers[bucket.TYPE] = bucket.with_tags(bucket.refuse_deleting_non_empty(handlers[bucket.TYPE]))
    handlers[user_pool.TYPE] = user_pool.with_deletion_of_the_service(handlers[user_pool.TYPE])
    handlers[user_pool_client.TYPE] = user_pool_client.with_checked_types(handlers[user_pool_client.TYPE])
    handlers[table.TYPE] = table.with_ttl_and_recovery(handlers[table.TYPE])
    handlers.update(keys.with_keys(handlers))
