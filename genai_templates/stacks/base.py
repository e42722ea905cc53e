"""What both stacks have in common: the model behind them, the front before them, and the watch over them."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar

from troposphere import AWSHelperFn, Export, Output, Sub, Template

from ..components.api import Api, Throttle, add_api
from ..components.buckets import Bucket, add_log_bucket, add_site_bucket
from ..components.custom_resources import add_model_janitor, add_site_publisher
from ..components.distribution import AccessLogs, ApiOrigin, SiteDistribution, add_distribution
from ..components.endpoint import ModelEndpoint, generated_endpoint_name
from ..components.functions import Code, Function, FunctionDefaults, VpcConfig
from ..components.headers import add_security_headers
from ..components.jobs import FailedJobs
from ..components.monitoring import MonitoredResources, add_alarms, add_dashboard
from ..components.network import Network, add_network, add_service_endpoints
from ..components.notebook import ModelDeployment, add_notebook
from ..components.openapi import Document, Route
from ..options import FunctionNetwork, Hosting, StackOptions
from ..parameters import ParameterForm
from ..scope import Scope
from .parameters.api import ask_api
from .parameters.artifacts import ask_artifacts
from .parameters.model import ask_existing_endpoint, ask_notebook
from .parameters.monitoring import ask_monitoring
from .parameters.network import ask_network

# Between the API, which gives up after 29 seconds by default, and the 60 that CloudFront waits without a quota.
_ORIGIN_TIMEOUT_SECONDS = 60
_SLOW_ANSWER_MILLISECONDS = 20_000


class Stack(ABC):
    """A template under construction: asks its questions, then adds its components.

    ``template`` is a troposphere template that takes further resources; ``api``, ``distribution``, ``endpoint`` and
    ``site_bucket`` are what those would refer to.
    """

    name: ClassVar[str]
    description: ClassVar[str]
    model_environment: ClassVar[Mapping[str, str]] = {}
    private_services: ClassVar[Sequence[str]]
    slow_model_seconds: ClassVar[int]

    api: Api
    distribution: SiteDistribution
    endpoint: ModelEndpoint
    site_bucket: Bucket

    def __init__(self, options: StackOptions) -> None:
        """Build the template that these options describe."""
        self.options = options
        self.model = options.jumpstart_model
        self.template = Template(Description=self.description)
        self.template.set_version()
        self.scope = Scope(self.template)
        self._ask(ParameterForm(self.template))
        self._build()

    def to_json(self, *, indent: int | None = 2) -> str:
        """Return the template as JSON, the same bytes for the same options; without indent it is minified."""
        separators = (",", ": ") if indent else (",", ":")
        return json.dumps(self.template.to_dict(), indent=indent, separators=separators, sort_keys=True) + "\n"

    @abstractmethod
    def openapi(self) -> Document:
        """Return the contract of the stack's API, as clients and fuzzers want it."""

    @abstractmethod
    def _build(self) -> None:
        """Add the components."""

    @abstractmethod
    def _site_limits(self) -> dict[str, int]:
        """Return what the page has to know of the API's limits, by name."""

    # What is asked, in the console's order.

    def _ask(self, form: ParameterForm) -> None:
        self._artifacts = ask_artifacts(form, self.options)
        self._ask_model(form)
        self._api_answers = ask_api(form)
        self._ask_own(form)
        self._ask_network(form)
        self._monitoring = ask_monitoring(form)

    def _ask_model(self, form: ParameterForm) -> None:
        if self.options.hosting is Hosting.EXISTING:
            self.endpoint = ModelEndpoint(ask_existing_endpoint(form))
        else:
            self.endpoint = ModelEndpoint(generated_endpoint_name(self.scope))
            self._notebook = ask_notebook(form, self.options)

    @abstractmethod
    def _ask_own(self, form: ParameterForm) -> None:
        """Ask what only this stack needs to know."""

    def _ask_network(self, form: ParameterForm) -> None:
        private = self.options.function_network is FunctionNetwork.PRIVATE
        if private or self.options.hosting is Hosting.NOTEBOOK:
            self._ranges = ask_network(form, self.options)

    # The parts that both stacks are made of.

    def _function_defaults(self, vpc_config: VpcConfig | None) -> FunctionDefaults:
        code = Code(self._artifacts.bucket, self._artifacts.handlers, self.options.architecture.value)
        return FunctionDefaults(code, self._monitoring.log_retention, vpc_config)

    @property
    def _custom_resources(self) -> FunctionDefaults:
        code = Code(self._artifacts.bucket, self._artifacts.custom_resources, self.options.architecture.value)
        return FunctionDefaults(code, self._monitoring.log_retention)

    def _add_network(self) -> VpcConfig | None:
        """Add the VPC if anything lives in it, and return where functions are put."""
        if not hasattr(self, "_ranges"):
            return None
        ranges = self._ranges
        self.network: Network = add_network(
            self.scope,
            vpc_range=ranges.vpc,
            public_ranges=(ranges.public_one, ranges.public_two),
            private_range=ranges.private,
        )
        if self.options.function_network is FunctionNetwork.PUBLIC:
            return None
        add_service_endpoints(
            self.scope,
            network=self.network,
            vpc_range=ranges.vpc,
            services=self.private_services,
        )
        return self.network.private_vpc_config

    def _add_model(self) -> None:
        """Have the notebook deploy the model, and the janitor remove it."""
        if self.options.hosting is Hosting.EXISTING:
            return
        janitor = add_model_janitor(self.scope, shared=self._custom_resources, endpoint=self.endpoint)
        add_notebook(
            self.scope,
            deployment=ModelDeployment(
                model=self.model,
                instance_types=(self._notebook.instance_type, *self.options.fallback_instance_types),
                environment=self.model_environment,
                timeout=self._notebook.timeout,
                stop_notebook=self._notebook.stop,
            ),
            endpoint=self.endpoint,
            vpc_config=self.network.private_vpc_config,
            janitor=janitor,
            instance_type=self._notebook.notebook_type,
        )

    def _add_api(self, routes: Mapping[Route, Function]) -> Api:
        answers = self._api_answers
        return add_api(
            self.scope,
            document=self.openapi(),
            routes=routes,
            allowed_origin=answers.allowed_origin,
            timeout=answers.integration_timeout,
            throttle=Throttle(rate=answers.rate, burst=answers.burst),
            log_retention=self._monitoring.log_retention,
            account_condition=answers.account_condition,
        )

    def _add_site(self, api: Api, *, images: Bucket | None = None) -> SiteDistribution:
        """Add the page's bucket and the distribution, and publish the page."""
        scope = self.scope
        log_condition = self._monitoring.access_log_condition
        log_bucket = add_log_bucket(scope, condition=log_condition)
        self.site_bucket = add_site_bucket(scope)
        distribution = add_distribution(
            scope,
            site=self.site_bucket,
            api=ApiOrigin(api.domain_name, api.path, _ORIGIN_TIMEOUT_SECONDS),
            headers=add_security_headers(scope, api_origin=api.origin),
            logs=AccessLogs(log_bucket, log_condition),
            images=images,
        )
        add_site_publisher(
            scope,
            shared=self._custom_resources,
            bucket=self.site_bucket,
            distribution=distribution,
            config=self._site_config(),
        )
        return distribution

    def _site_config(self) -> dict[str, object]:
        return {
            "appName": "${AWS::StackName}",
            "apiUrl": "api",
            "apiDirectUrl": "https://${ApiGateway}.execute-api.${AWS::Region}.${AWS::URLSuffix}/prod",
            "region": "${AWS::Region}",
            "model": self.model.model_id,
            "limits": self._site_limits(),
        }

    def _add_monitoring(self, functions: Sequence[Function], *, failed_jobs: FailedJobs | None = None) -> None:
        monitored = MonitoredResources(
            api=self.api,
            functions=functions,
            endpoint=self.endpoint,
            slow_answer=_SLOW_ANSWER_MILLISECONDS,
            slow_model=self.slow_model_seconds,
            failed_jobs=failed_jobs,
        )
        monitoring = self._monitoring
        add_alarms(
            self.scope,
            monitored=monitored,
            email=monitoring.email,
            email_condition=monitoring.email_condition,
        )
        add_dashboard(self.scope, monitored=monitored)

    def _add_outputs(self) -> None:
        domain = self.distribution.domain_name
        self._output("ApplicationUrl", Sub("https://${Domain}/", Domain=domain), "The page: open it in a browser")
        self._output("ApiGatewayUrl", self.api.invoke_url, "The API's own URL, for other clients", export=True)
        self._output("CloudFrontDistributionDomain", domain, "Domain name of page and API", export=True)
        self._output("EndpointName", self.endpoint.name, "SageMaker endpoint of the model", export=True)
        self._output("SiteBucketName", self.site_bucket.name, "Bucket of the page")

    def _output(self, name: str, value: AWSHelperFn, description: str, *, export: bool = False) -> None:
        exported = {"Export": Export(Sub(f"${{AWS::StackName}}-{name}"))} if export else {}
        self.template.add_output(Output(name, Value=value, Description=description, **exported))
