"""The stack of an application: its parameters, then its parts from the model to the alarms."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple, Unpack

from troposphere import AWSHelperFn, Export, Sub, Template

from ..components.api import Api, Throttle, add_api
from ..components.buckets import AccessLogs, Bucket, add_log_bucket, add_site_bucket
from ..components.custom_resources import add_api_redeployment, add_site_publisher
from ..components.distribution import ApiOrigin, SiteDistribution, add_distribution
from ..components.functions import Code, Function, FunctionDefaults
from ..components.headers import add_security_headers
from ..components.jobs import FailedJobs
from ..components.monitoring import MonitoredResources, add_alarms, add_dashboard
from ..components.openapi import Document, Route
from ..json_text import indented
from ..options import StackOptionFields, StackOptions
from ..scope import Scope
from ..suppressions import suppress_findings
from .hosting import HOSTING_PARTS
from .network import add_function_network
from .parameters.api import ApiParameters, add_api_parameters
from .parameters.artifacts import add_artifact_parameters
from .parameters.monitoring import add_monitoring_parameters

# Between the API, which gives up after 29 seconds by default, and the 60 that CloudFront waits without a quota.
_ORIGIN_TIMEOUT_SECONDS = 60
_SLOW_RESPONSE_MILLISECONDS = 20_000


class Backend(NamedTuple):
    """The application's own part of a stack: what serves its routes, and what else has to be served or monitored."""

    routes: Mapping[Route, Function]
    functions: Sequence[Function]
    images: Bucket | None = None
    failed_jobs: FailedJobs | None = None


class Stack(ABC):
    """The template of an application.

    ``template`` is a troposphere template that takes further resources; ``api``, ``distribution``, ``endpoint`` and
    ``site_bucket`` are what those would refer to. Stacks of two applications fit on one template in scopes with
    different prefixes.
    """

    app: ClassVar[str]
    default_model: ClassVar[str]
    description: ClassVar[str]
    model_environment: ClassVar[Mapping[str, str]] = {}
    private_services: ClassVar[Sequence[str]]
    slow_model_seconds: ClassVar[int]

    def __init__(self, *, model: str = "", scope: Scope | None = None, **options: Unpack[StackOptionFields]) -> None:
        """Add the application to the scope's template, or to one of its own.

        ``model`` is a JumpStart model id, the application's default when empty; ``options`` are those of
        ``StackOptionFields``. Raises InvalidOption for an option that cannot work.
        """
        self.options = chosen = StackOptions(app=self.app, model=model or self.default_model, **options)
        self.model = chosen.jumpstart_model
        self.scope = scope or _new_scope(self.description)
        self.template = self.scope.template

        artifacts = add_artifact_parameters(self.scope, chosen.artifact_keys)
        hosting = HOSTING_PARTS[chosen.values["hosting"]](self.scope, chosen, environment=self.model_environment)
        api_parameters = add_api_parameters(self.scope)
        self._monitoring = add_monitoring_parameters(self.scope)

        architecture, log_retention = chosen.values["architecture"].value, self._monitoring.log_retention
        vpc_config = add_function_network(self.scope, chosen, services=self.private_services)
        handlers = Code(artifacts.bucket, artifacts.handlers, architecture)
        self._custom_resources = FunctionDefaults(
            Code(artifacts.bucket, artifacts.custom_resources, architecture), log_retention
        )

        self.endpoint = hosting.endpoint
        hosting.add_resources(custom_resources=self._custom_resources)
        backend = self._add_backend(FunctionDefaults(handlers, log_retention, vpc_config), api_parameters)
        self.api = self._add_api(backend, api_parameters)
        condition = self._monitoring.access_log_condition
        self._access_logs = AccessLogs(add_log_bucket(self.scope, condition=condition), condition)
        self.site_bucket = add_site_bucket(self.scope)
        self.distribution = self._add_distribution(backend)
        self._publish_site()
        self._monitor(backend)
        self._add_outputs()
        suppress_findings(self.template)

    def to_json(self, *, indent: bool = True) -> str:
        """Return the template as JSON, the same bytes for the same options; without indent it is minified."""
        document = self.template.to_dict()
        return (indented(document) if indent else json.dumps(document, separators=(",", ":"), sort_keys=True)) + "\n"

    @abstractmethod
    def openapi(self) -> Document:
        """Return the contract of the stack's API, as clients and fuzzers want it."""

    @abstractmethod
    def _add_backend(self, shared: FunctionDefaults, api: ApiParameters) -> Backend:
        """Add the application's own parameters, functions and what those store to."""

    def _add_api(self, backend: Backend, parameters: ApiParameters) -> Api:
        api = add_api(
            self.scope,
            document=self.openapi(),
            routes=backend.routes,
            allowed_origin=parameters.allowed_origin,
            timeout=parameters.body_timeout,
            throttle=Throttle(rate=parameters.rate, burst=parameters.burst),
            log_retention=self._monitoring.log_retention,
            account_condition=parameters.account_condition,
        )
        add_api_redeployment(
            self.scope,
            shared=self._custom_resources,
            api=api,
            allowed_origin=parameters.allowed_origin,
            integration_timeout=parameters.integration_timeout,
        )
        return api

    def _add_distribution(self, backend: Backend) -> SiteDistribution:
        """Add the distribution, and tell the API's functions where it is."""
        api = self.api
        distribution = add_distribution(
            self.scope,
            site=self.site_bucket,
            api=ApiOrigin(api.domain_name, api.path, _ORIGIN_TIMEOUT_SECONDS),
            headers=add_security_headers(self.scope, api_origin=api.origin),
            logs=self._access_logs,
            images=backend.images,
        )
        for bucket in filter(None, (self.site_bucket, backend.images)):
            self._access_logs.record(bucket)
        api.set_variable("siteUrl", distribution.url)
        return distribution

    def _publish_site(self) -> None:
        add_site_publisher(
            self.scope,
            shared=self._custom_resources,
            bucket=self.site_bucket,
            distribution=self.distribution,
            config={
                "appName": "${AWS::StackName}",
                "apiUrl": "api",
                "apiDirectUrl": "${ApiUrl}",
                "region": "${AWS::Region}",
                "model": self.model.model_id,
            },
            variables={"ApiUrl": self.api.invoke_url},
        )

    def _monitor(self, backend: Backend) -> None:
        monitored = MonitoredResources(
            api=self.api,
            functions=backend.functions,
            endpoint=self.endpoint,
            slow_response=_SLOW_RESPONSE_MILLISECONDS,
            slow_model=self.slow_model_seconds,
            failed_jobs=backend.failed_jobs,
        )
        parameters = self._monitoring
        add_alarms(self.scope, monitored=monitored, email=parameters.email, email_condition=parameters.email_condition)
        add_dashboard(self.scope, monitored=monitored)

    def _add_outputs(self) -> None:
        domain = self.distribution.domain_name
        self._add_output("ApplicationUrl", Sub("https://${Domain}/", Domain=domain), "The page: open it in a browser")
        self._add_output("ApiGatewayUrl", self.api.invoke_url, "The API's own URL, for other clients", export=True)
        self._add_output("CloudFrontDistributionDomain", domain, "Domain name of page and API", export=True)
        self._add_output("EndpointName", self.endpoint.name, "SageMaker endpoint of the model", export=True)
        self._add_output("SiteBucketName", self.site_bucket.name, "Bucket of the page")

    def _add_output(self, name: str, value: AWSHelperFn, description: str, *, export: bool = False) -> None:
        exported = {"Export": Export(Sub(f"${{AWS::StackName}}-{self.scope.id(name)}"))} if export else {}
        self.scope.add_output(name, Value=value, Description=description, **exported)


def _new_scope(description: str) -> Scope:
    template = Template(Description=description)
    template.set_version()
    return Scope(template)
