"""A deployment: what a stack is to become, compared with what it is."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..costs.stack_costs import hourly_cost
from ..errors import InvalidOption
from .account import Account
from .artifacts.bucket import bucket_name
from .artifacts.publish import Upload
from .cloudformation.change_sets import ChangeSetRequest
from .cloudformation.stacks import APP_TAG, BUCKET_PARAMETER, StackDescription
from .failures import translated
from .preflight import Surroundings


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """What is to be deployed, as which stack.

    ``template`` is JSON; ``artifacts`` are the objects that it refers to, and ``key_parameters`` the parameters by
    which their keys can be overridden. ``parameters`` and ``tags`` are those that were chosen, and ``bucket`` one that
    is not the account's own. Raises InvalidOption for a parameter that the template does not have.
    """

    stack: str
    app: str
    template: bytes
    artifacts: Sequence[Upload] = ()
    key_parameters: Sequence[str] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    bucket: str = ""
    role_arn: str = ""

    def __post_init__(self) -> None:
        """Raise InvalidOption for a parameter that the template does not have."""
        check_declared(self.parameters, self.declared)

    @property
    def document(self) -> dict[str, Any]:
        """The template as data."""
        return dict(json.loads(self.template))

    @property
    def declared(self) -> dict[str, Any]:
        """The parameters that the template declares."""
        return dict(self.document.get("Parameters", {}))

    def bucket_in(self, account: Account) -> str:
        """Return the artifact bucket: the chosen one, or the account's own."""
        return self.bucket or bucket_name(account)

    def tags_over(self, stack: StackDescription | None) -> dict[str, str]:
        """Return the stack's tags: those it has, those by which it is found, and the chosen ones."""
        return {**(stack.tags if stack else {}), APP_TAG: self.app, **self.tags}

    def parameters_over(
        self, account: Account, stack: StackDescription | None, defaults: Mapping[str, str]
    ) -> dict[str, str | None]:
        """Return the parameters for the change set: None where the stack's own value is kept.

        ``defaults`` are values for a new stack that nobody chose. A key that an earlier template's user had copied is
        emptied, so that the new code is taken.
        """
        own = {BUCKET_PARAMETER: self.bucket_in(account), **dict.fromkeys(self.key_parameters, "")}
        before = stack.parameters if stack else {}
        values: dict[str, str | None] = {**defaults, **dict.fromkeys(before), **own, **self.parameters}
        return {name: value for name, value in values.items() if name in self.declared}

    def is_deployed(self, account: Account, stack: StackDescription) -> bool:
        """Return whether the stack is all this already. Raises AwsError."""
        wanted = self.parameters_over(account, stack, {})
        if any(value is not None and stack.parameters.get(name) != value for name, value in wanted.items()):
            return False
        if self.tags_over(stack) != stack.tags or (self.role_arn and self.role_arn != stack.role_arn):
            return False
        with translated():
            body = account.client("cloudformation").get_template(StackName=stack.stack_id)["TemplateBody"]
        return bool(body == self.document)  # JSON is read by the SDK; what comes as text is YAML, and none of ours

    def surroundings(self, account: Account) -> Surroundings:
        """Return what the checks beforehand look at."""
        return Surroundings(account, self.document, self.parameters, self.stack, bucket=self.bucket)

    def cost(self, account: Account, stack: StackDescription | None) -> str:
        """Return what the stack costs while it is up, in a line."""
        values = {**(stack.parameters if stack else {}), **self.parameters}
        cost = hourly_cost(self.document, values, account.region)
        if cost is None:
            return f"what it costs in {account.region} is not known: see AWS's list of prices"
        hourly = f"about {cost.usd_per_hour:.2f}" if cost.usd_per_hour >= 0.005 else "less than 0.01"
        more = f", besides {', '.join(cost.unknown)}, whose price is not known here" if cost.unknown else ""
        return (
            f"costs {hourly} USD an hour, {cost.usd_per_month:,.0f} USD a month, used or not{more} "
            f"(prices of {cost.month})"
        )

    def check_complete(self, account: Account, stack: StackDescription | None) -> None:
        """Raise InvalidOption when a parameter without a default would have no value."""
        parameters = self.parameters_over(account, stack, {})
        missing = [name for name, each in self.declared.items() if "Default" not in each and name not in parameters]
        if missing:
            needed = " ".join(f"--parameter {name}=..." for name in missing)
            what = "; ".join(f"{name}: {self.declared[name].get('Description', '')}" for name in missing)
            raise InvalidOption(f"{self.stack} needs {needed} ({what})")

    def request(
        self, account: Account, stack: StackDescription | None, template_url: str, defaults: Mapping[str, str]
    ) -> ChangeSetRequest:
        """Return the change set to request."""
        return ChangeSetRequest(
            stack=stack.stack_id if stack else self.stack,
            creates=stack is None,
            template_url=template_url,
            parameters=self.parameters_over(account, stack, {} if stack else defaults),
            tags=self.tags_over(stack),
            role_arn=self.role_arn,
        )


def check_declared(parameters: Iterable[str], declared: Collection[str]) -> None:
    """Raise InvalidOption when one of these parameters is not among those that are declared."""
    if unknown := sorted(set(parameters).difference(declared)):
        names = ", ".join(sorted(declared))
        raise InvalidOption(f"the template has no parameter {', '.join(unknown)}; it has {names}")
