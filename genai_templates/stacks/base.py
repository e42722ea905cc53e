"""The stack of an application: its parameters, then its parts from the model to the alarms."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import partial
from typing import ClassVar, Unpack

from troposphere import Template

from ..catalog import Model
from ..components.api import Api, Throttle, add_api
from ..components.buckets import AccessLogs, add_log_bucket, add_site_bucket
from ..components.custom_resources import add_api_deployment, add_site_publisher
from ..components.dashboard import add_dashboard
from ..components.functions import FunctionDefaults
from ..components.monitoring import MonitoredResources, add_alarms
from ..contract.document import Document, openapi_document
from ..contract.routes import Contract
from ..errors import InvalidOption
from ..json_text import indented
from ..options import Hosting, StackOptionFields, StackOptions
from ..scope import Scope
from ..suppressions import suppress_findings
from ..tags import tag_resources
from .api_access import add_proof_of_distribution, distribution_security, is_private
from .artifacts import ARTIFACT_PARTS, ArtifactsPart
from .authentication import AUTHENTICATION_PARTS
from .backend import Backend, BackendContext
from .budget import add_spending_limit
from .content import add_content_filters
from .daily_limit import add_daily_limit, limited_services
from .domain import add_own_domain
from .encryption import add_stack_key
from .firewall import StackFirewall, add_firewall, firewall_errors
from .hosting import HOSTING_PARTS, HostingPart, HostingParts
from .network import add_function_network
from .outputs import add_outputs
from .parameters.api import ApiParameters, add_api_parameters
from .parameters.monitoring import MonitoringParameters, add_monitoring_parameters
from .site import add_site_distribution, site_config

_SLOW_RESPONSE_MILLISECONDS = 20_000


class Stack(ABC):
    """The template of an application.

    ``template`` is a troposphere template that takes further resources; ``api``, ``distribution``, ``hosted_model``,
    ``authentication`` and ``site_bucket`` are what those would refer to. Stacks of two applications fit on one template
    in scopes with different prefixes. An application says what it is in ``description``, and in ``without_wheels`` what
    it does in another way when its artifacts hold no wheels. ``default_model`` is one of JumpStart, and
    ``default_models`` has those of hostings that have other models. ``data_outlives_stack``: whether it stores what
    stays when it goes.
    """

    app: ClassVar[str]
    contract: ClassVar[Contract]
    default_model: ClassVar[str]
    default_models: ClassVar[Mapping[Hosting, str]] = {}
    description: ClassVar[str]
    without_wheels: ClassVar[str] = ""
    hosting_parts: ClassVar[HostingParts] = HOSTING_PARTS
    model_environment: ClassVar[Mapping[str, str]] = {}
    private_services: ClassVar[Sequence[str]]
    slow_model_seconds: ClassVar[int]
    data_outlives_stack: ClassVar[bool] = False

    def __init__(
        self, *, model: str | Model = "", scope: Scope | None = None, **options: Unpack[StackOptionFields]
    ) -> None:
        """Add the application to the scope's template, or to one of its own.

        ``model`` is a model id of the hosting's catalogue, the application's default when empty, or a ``Model`` that
        describes another one on SageMaker; ``options`` are those of ``StackOptionFields``. Raises InvalidOption for an
        option that cannot work.
        """
        if scope is not None and not isinstance(scope, Scope):
            raise InvalidOption(f'scope is a {type(scope).__name__}; give Scope(template, "{self.app.capitalize()}")')
        self.options = chosen = StackOptions(
            app=self.app, model=model or self.default_model_on(options.get("hosting")), **options
        )
        artifacts_kind = ARTIFACT_PARTS[type(chosen.artifacts)]
        hosting_kind = self._hosting_kind(chosen.values["hosting"])
        self.scope = scope or _new_scope(self._described(hosting_kind, artifacts_kind))
        self.template = self.scope.template
        others = set(self.template.resources)  # those are not this stack's to tag, nor to argue with scanners

        artifacts = artifacts_kind(self.scope, chosen)
        self.key = key = add_stack_key(self.scope, chosen, keep=self.data_outlives_stack)
        hosting = hosting_kind(self.scope, chosen, environment=self.model_environment, key=key)
        api_parameters = add_api_parameters(self.scope)
        self.authentication = authentication = AUTHENTICATION_PARTS[chosen.values["auth"]]()(self.scope)
        monitoring = add_monitoring_parameters(self.scope)
        self._content = content = add_content_filters(self.scope, chosen)

        network = add_function_network(self.scope, chosen, log_retention=monitoring.log_retention, key=key)
        code = artifacts.add_resources(log_retention=monitoring.log_retention, key=key)
        handlers = FunctionDefaults(code.handlers, monitoring.log_retention, network and network.functions, key)
        custom_resources = FunctionDefaults(code.custom_resources, monitoring.log_retention, key=key)

        self.hosted_model = hosting.hosted_model
        hosting.add_resources(custom_resources=custom_resources, vpc_config=network and network.model)
        backend = self._add_backend(
            BackendContext(
                self.scope,
                self.hosted_model,
                handlers,
                custom_resources,
                api_parameters,
                authentication,
                daily_limit=add_daily_limit(self.scope, chosen, key=key),
                content=content,
                key=key,
            )
        )
        self.api = self._add_api(backend, api_parameters, custom_resources)
        firewall = self._add_front(backend, custom_resources=custom_resources, monitoring=monitoring)
        add_spending_limit(
            self.scope, chosen, hosting=hosting, custom_resources=custom_resources, monitoring=monitoring
        )
        if network is not None:
            own = (*self._own_services, *limited_services(chosen), *content.private_services)
            network.connect([*self.hosted_model.private_services, *own])
        self._add_monitoring(backend, monitoring, firewall)
        add_outputs(
            self.scope,
            distribution=self.distribution,
            api=self.api,
            is_open=not is_private(chosen),
            model=self.hosted_model,
            site=self.site_bucket,
            images=backend.images or backend.private_images,
            others=authentication.outputs,
        )
        added = [each for name, each in self.template.resources.items() if name not in others]
        tag_resources(added)
        suppress_findings(added)

    @classmethod
    def default_model_on(cls, hosting: Hosting | None) -> str:
        """Return the id of the model that is hosted in this way when no other is chosen."""
        return next((model for each, model in cls.default_models.items() if each is hosting), cls.default_model)

    def to_json(self, *, indent: bool = True) -> str:
        """Return the template as JSON, the same bytes for the same options; without indent it is minified."""
        document = self.template.to_dict()
        return (indented(document) if indent else json.dumps(document, separators=(",", ":"), sort_keys=True)) + "\n"

    def openapi(self) -> Document:
        """Return the OpenAPI document of the stack's API."""
        return openapi_document(self.contract, note=self.hosted_model.facts.note, security=self.authentication.security)

    @property
    def _own_services(self) -> Sequence[str]:
        """What the functions call besides the model: keys of ``INTERFACE_SERVICES`` and ``GATEWAY_SERVICES``."""
        return self.private_services

    def _hosting_kind(self, hosting: Hosting) -> type[HostingPart]:
        if hosting not in self.hosting_parts:
            choices = ", ".join(each.value for each in self.hosting_parts)
            raise InvalidOption(f"the {self.app} application has no hosting {hosting.value!r}; choose one of {choices}")
        return self.hosting_parts[hosting]()

    def _described(self, hosting: type[HostingPart], artifacts: type[ArtifactsPart]) -> str:
        notes = (
            f"{self.description} on {hosting.place}",
            artifacts.note,
            "" if artifacts.has_wheels else self.without_wheels,
        )
        return ". ".join(filter(None, notes))

    @abstractmethod
    def _add_backend(self, context: BackendContext) -> Backend:
        """Add the application's own parameters, functions and what those store to."""

    def _add_api(self, backend: Backend, parameters: ApiParameters, custom_resources: FunctionDefaults) -> Api:
        return add_api(
            self.scope,
            contract=self.contract,
            functions=backend.served_by,
            allowed_origin=parameters.allowed_origin,
            timeout=parameters.body_timeout,
            throttle=Throttle(rate=parameters.rate, burst=parameters.burst),
            log_retention=custom_resources.log_retention,
            account_condition=parameters.account_condition,
            key=self.key,
            deploy=partial(
                add_api_deployment,
                shared=custom_resources,
                allowed_origin=parameters.allowed_origin,
                integration_timeout=parameters.integration_timeout,
                others=self.authentication.deployed,
            ),
            security=[*self.authentication.security, *distribution_security(self.options)],
            errors=firewall_errors(self.options),
        )

    def _add_front(
        self, backend: Backend, *, custom_resources: FunctionDefaults, monitoring: MonitoringParameters
    ) -> StackFirewall:
        """Add the page, the distribution of page, API and images, and what stands before them."""
        calls_directly = not is_private(self.options)
        proof = add_proof_of_distribution(self.scope, self.options, api=self.api, key=self.key)
        firewall = add_firewall(
            self.scope,
            self.options,
            api=self.api,
            proof=proof,
            contract=self.contract,
            log_retention=monitoring.log_retention,
            key=self.key,
        )
        log_bucket = add_log_bucket(self.scope, condition=monitoring.access_log_condition)
        self.site_bucket = add_site_bucket(self.scope, key=self.key)
        self.distribution = add_site_distribution(
            self.scope,
            site=self.site_bucket,
            api=self.api,
            images=backend.images,
            private_images=backend.private_images,
            logs=AccessLogs(log_bucket, monitoring.access_log_condition),
            proof=proof,
            web_acl=firewall.distribution_acl,
            sign_in_origin=self.authentication.sign_in_origin,
            calls_directly=calls_directly,
            domain=add_own_domain(self.scope, self.options),
        )
        self.authentication.add_resources(self.api, self.distribution)
        add_site_publisher(
            self.scope,
            shared=custom_resources,
            bucket=self.site_bucket,
            distribution=self.distribution,
            config=site_config(self.api, self.hosted_model, self.authentication, calls_directly=calls_directly),
        )
        return firewall

    def _add_monitoring(self, backend: Backend, parameters: MonitoringParameters, firewall: StackFirewall) -> None:
        monitored = MonitoredResources(
            api=self.api,
            functions=backend.functions,
            model=self.hosted_model,
            slow_response=_SLOW_RESPONSE_MILLISECONDS,
            slow_model=self.slow_model_seconds,
            failed_jobs=backend.failed_jobs,
            job_queue=backend.job_queue,
            blocked=firewall.blocked,
            refusal_reasons=self._content.reasons,
        )
        add_alarms(
            self.scope,
            monitored=monitored,
            email=parameters.email,
            email_condition=parameters.email_condition,
            key=self.key,
        )
        add_dashboard(self.scope, monitored=monitored)


def _new_scope(description: str) -> Scope:
    template = Template(Description=description)
    template.set_version()
    return Scope(template)
