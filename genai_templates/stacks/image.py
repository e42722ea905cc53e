"""The image application: jobs that a diffusion model turns into images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ..catalog import STABLE_DIFFUSION_V2
from ..components.buckets import add_image_bucket
from ..components.custom_resources import add_image_cleaner
from ..components.distribution import IMAGES_PREFIX
from ..components.functions import FunctionDefaults
from ..contract.image import CONTRACT, START_JOB
from .base import Backend, Stack
from .jobs import JobFunctions, add_jobs
from .parameters.api import ApiParameters
from .parameters.images import ImageParameters, add_image_parameters
from .parameters.jobs import add_job_parameters

# The endpoint has 60 seconds for a response; storing the images takes the rest. (SageMaker runtime API reference,
# InvokeEndpoint.)
_PROCESS_SECONDS = 90


class ImageStack(Stack):
    """A page, an API and the functions that take image jobs to a model and show what comes of them."""

    app = "image"
    contract = CONTRACT
    default_model = STABLE_DIFFUSION_V2
    description = "Images from prompts: a page, an asynchronous API and a diffusion model on SageMaker"
    # MMS holds responses to 6.5 MB by default; four images as JPEG, or one as pixels, can be larger.
    model_environment: ClassVar[Mapping[str, str]] = {"MMS_MAX_RESPONSE_SIZE": "20000000"}
    private_services = ("SageMakerRuntime", "SageMakerApi", "Lambda", "Logs", "XRay", "DynamoDB")
    slow_model_seconds = 50

    def _add_backend(self, shared: FunctionDefaults, api: ApiParameters) -> Backend:
        parameters = add_image_parameters(self.scope)
        self._add_image_bucket(parameters)
        self.jobs = add_jobs(
            self.scope,
            own=JobFunctions(
                package="handlers.image",
                display_module="display_image",
                display_id="DisplayImageFunction",
                process_seconds=_PROCESS_SECONDS,
                process_memory=1024,
                process_environment={
                    "IMAGE_BUCKET": self.image_bucket.name,
                    "PAYLOAD_CODEC": self.model.codec,
                },
            ),
            shared=shared,
            parameters=add_job_parameters(self.scope),
            retention_days=parameters.days_until_expiry,
            allowed_origin=api.allowed_origin,
            endpoint=self.endpoint,
        )
        self.image_bucket.grant_put(self.jobs.process.role, prefix=IMAGES_PREFIX)
        return Backend(
            served_by={**dict.fromkeys(self.contract.routes, self.jobs.display), START_JOB: self.jobs.start},
            functions=self.jobs.functions,
            images=self.image_bucket,
            failed_jobs=self.jobs.failed,
        )

    def _add_outputs(self) -> None:
        super()._add_outputs()
        self._add_output("ImageBucketName", self.image_bucket.name, "Bucket of the generated images")

    def _add_image_bucket(self, parameters: ImageParameters) -> None:
        self.image_bucket = add_image_bucket(
            self.scope,
            days_until_archive=parameters.days_until_archive,
            days_until_expiry=parameters.days_until_expiry,
        )
        add_image_cleaner(
            self.scope,
            shared=self._custom_resources,
            bucket=self.image_bucket,
            delete=parameters.delete_with_stack,
        )
