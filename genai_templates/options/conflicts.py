"""Choices that cannot go together, and why."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..errors import InvalidOption
from .enumerations import ApiAccess, Auth, Budget, FunctionNetwork, Hosting

_OWN_MODEL = (Hosting.NOTEBOOK, Hosting.NATIVE, Hosting.SCALE_TO_ZERO)


class Conflict(NamedTuple):
    """Two options, by their names, of which some values cannot go together.

    The message says what to choose. It has the names of options between backticks, as all messages of InvalidOption do
    that the command line shows with its flags in their place.
    """

    between: tuple[str, str]
    cannot_be: Callable[[Any, Any], bool]
    message: str


CONFLICTS = (
    Conflict(
        ("api_access", "auth"),
        lambda access, auth: access is ApiAccess.DISTRIBUTION and auth in (Auth.API_KEY, Auth.IAM),
        "`api_access` 'distribution' goes with `auth` 'none' and 'cognito': it takes the header of API keys for "
        "itself, and a signed request names the API's own host",
    ),
    Conflict(
        ("daily_limit", "auth"),
        lambda is_limited, auth: is_limited and auth is Auth.NONE,
        "`daily_limit` counts the requests of each user or key: choose `auth` 'api-key', 'cognito' or 'iam'",
    ),
    Conflict(
        ("model_in_vpc", "function_network"),
        lambda in_vpc, network: in_vpc and network is FunctionNetwork.PUBLIC,
        "`model_in_vpc` takes the VPC of the functions: choose `function_network` 'private' or 'existing'",
    ),
    Conflict(
        ("model_in_vpc", "hosting"),
        lambda in_vpc, hosting: in_vpc and hosting not in _OWN_MODEL,
        "`model_in_vpc` is for a model that the stack deploys: choose `hosting` "
        + " or ".join(repr(each.value) for each in _OWN_MODEL),
    ),
    Conflict(
        ("flow_logs", "function_network"),
        lambda are_wanted, network: are_wanted and network is not FunctionNetwork.PRIVATE,
        "`flow_logs` is for the stack's own VPC: choose `function_network` 'private'",
    ),
    Conflict(
        ("budget", "hosting"),
        lambda budget, hosting: budget is Budget.PAUSE and hosting is not Hosting.NATIVE,
        "`budget` 'pause' pauses a model that is a resource of the template: choose `hosting` 'native'",
    ),
)
"""All of them: a combination without an entry here makes a template that works."""


def check_conflicts(values: Mapping[str, Any]) -> None:
    """Raise InvalidOption for the first two choices that cannot go together; ``values`` has every option."""
    for conflict in CONFLICTS:
        first, second = conflict.between
        if conflict.cannot_be(values[first], values[second]):
            raise InvalidOption(conflict.message)
