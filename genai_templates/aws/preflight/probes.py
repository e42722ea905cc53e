"""The checks, in the order of the table."""

from __future__ import annotations

from .bedrock_model import check_bedrock_model
from .caller import check_caller
from .cost import check_cost
from .early_validation import check_early_validation
from .endpoint_quotas import check_endpoint_quotas
from .logging_role import check_logging_role
from .model import check_existing_endpoint, check_licence, check_model_version
from .network import check_network
from .other_quotas import check_concurrency, check_notebook_quotas, check_vpc_quota
from .permissions import check_permissions
from .resource_types import check_resource_types
from .rules import check_rules
from .runner import Probe
from .stack_state import check_stack

_EARLY_VALIDATION = Probe("early validation", check_early_validation, patience=3)

PROBES = (
    Probe("caller", check_caller),
    Probe("resource types", check_resource_types),
    Probe("rules", check_rules),
    _EARLY_VALIDATION,
    Probe("endpoint quotas", check_endpoint_quotas),
    Probe("notebook quotas", check_notebook_quotas),
    Probe("quota VPCs", check_vpc_quota),
    Probe("network", check_network),
    Probe("concurrency", check_concurrency),
    Probe("logging role", check_logging_role),
    Probe("model version", check_model_version),
    Probe("endpoint", check_existing_endpoint),
    Probe("Bedrock model", check_bedrock_model),
    Probe("licence", check_licence),
    Probe("permissions", check_permissions),
    Probe("stack", check_stack),
    Probe("cost", check_cost),
)
"""All of them."""

PROBES_BEFORE_CHANGE_SET = tuple(probe for probe in PROBES if probe is not _EARLY_VALIDATION)
"""Those that a deployment runs, whose own change set is validated afterwards."""
