"""The image application: jobs that a model turns into pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Unpack

from troposphere import Ref

from .. import limits
from ..catalog import STABLE_DIFFUSION_V2
from ..components.buckets import add_image_bucket
from ..components.custom_resources import add_image_cleaner
from ..components.distribution import IMAGES_PREFIX
from ..components.functions import Function, VpcConfig, add_function
from ..components.jobs import FailedJobs, add_failed_jobs, add_job_table
from ..components.openapi import Document, image_document
from ..options import StackChoices, StackOptions
from ..parameters import ParameterForm
from .base import Stack
from .parameters.images import ask_images

# The endpoint has 60 seconds for an answer (limits.ENDPOINT_RESPONSE); storing the images takes the rest.
_PROCESS_SECONDS = 90
_MARK_SECONDS = 30
# Lambda's advice for a queue that a function reads: six times the function's own time.
_QUEUE_SECONDS = 6 * _MARK_SECONDS


class ImageStack(Stack):
    """A page, an API and three functions that hand image jobs to a model and show what comes of them."""

    name = "image"
    description = "Images from prompts: a page, an asynchronous API and a diffusion model on SageMaker"
    # MMS holds answers to 6.5 MB by default; four images as JPEG, or one as pixels, can be larger.
    model_environment: ClassVar[Mapping[str, str]] = {"MMS_MAX_RESPONSE_SIZE": "20000000"}
    private_services = ("SageMakerRuntime", "SageMakerApi", "Lambda", "Logs", "XRay", "DynamoDB")
    slow_model_seconds = 50

    def __init__(self, *, model: str = STABLE_DIFFUSION_V2, **choices: Unpack[StackChoices]) -> None:
        """Build the template for this JumpStart model; ``choices`` are the fields of StackOptions.

        Raises InvalidOption for a choice that cannot work.
        """
        super().__init__(StackOptions(app=self.name, model=model, **choices))

    def openapi(self) -> Document:
        """Return the contract of the API."""
        return image_document()

    def _ask_own(self, form: ParameterForm) -> None:
        self._images = ask_images(form)

    def _build(self) -> None:
        vpc_config = self._add_network()
        self._add_model()
        self.jobs = add_job_table(self.scope)
        self.image_bucket = add_image_bucket(
            self.scope,
            days_until_archive=self._images.days_until_archive,
            days_until_expiry=self._images.days_until_expiry,
        )
        process = self._add_process_function(vpc_config)
        start = self._add_start_function(vpc_config, process)
        display = self._add_display_function(vpc_config)
        mark = self._add_mark_function(vpc_config)
        failed_jobs = self._add_failed_jobs(process, mark)
        self.api = self._add_api(
            {
                ("/generate", "post"): start,
                ("/generate", "get"): display,
                ("/generate/{job_id}", "get"): display,
                ("/status", "get"): display,
            }
        )
        self.distribution = self._add_site(self.api, images=self.image_bucket)
        add_image_cleaner(
            self.scope,
            shared=self._custom_resources,
            bucket=self.image_bucket,
            delete=self._images.delete_with_stack,
        )
        self._add_monitoring([start, process, display, mark], failed_jobs=failed_jobs)
        self._add_outputs()
        self._output("ImageBucketName", self.image_bucket.name, "Bucket of the generated images")

    def _add_image_function(
        self,
        logical_id: str,
        *,
        module: str,
        description: str,
        memory: int,
        timeout: int,
        environment: dict[str, object],
        vpc_config: VpcConfig | None,
    ) -> Function:
        return add_function(
            self.scope,
            logical_id,
            handler=f"handlers.image.{module}.handler",
            shared=self._function_defaults(vpc_config),
            description=description,
            memory=memory,
            timeout=timeout,
            environment={"JOBS_TABLE": self.jobs.name, **environment},
        )

    def _add_process_function(self, vpc_config: VpcConfig | None) -> Function:
        function = self._add_image_function(
            "EndpointCallFunction",
            module="endpoint_call_function",
            description="Asks the model for the images of a job and stores them",
            memory=1024,
            timeout=_PROCESS_SECONDS,
            environment={
                "STACK_NAME": Ref("AWS::StackName"),
                "IMAGE_BUCKET": self.image_bucket.name,
                "ENDPOINT_NAME": self.endpoint.name,
                "PAYLOAD_CODEC": self.model.codec,
                "FUNCTION_TIMEOUT_SECONDS": str(_PROCESS_SECONDS),
            },
            vpc_config=vpc_config,
        )
        self.jobs.grant_create(function.role)
        self.jobs.grant_update(function.role)
        self.image_bucket.grant_put(function.role, prefix=IMAGES_PREFIX)
        self.endpoint.grant_invoke(function.role)
        return function

    def _add_start_function(self, vpc_config: VpcConfig | None, process: Function) -> Function:
        function = self._add_image_function(
            "StartProcessFunction",
            module="start_process_function",
            description="Takes an image request and hands it on as a job",
            memory=256,
            timeout=15,
            environment={
                "STACK_NAME": Ref("AWS::StackName"),
                "PROCESS_FUNCTION": process.name,
                "ALLOWED_ORIGIN": self._api_answers.allowed_origin,
                "JOB_RETENTION_DAYS": self._images.days_until_expiry,
                "JOB_MAXIMUM_AGE": self._images.maximum_age,
            },
            vpc_config=vpc_config,
        )
        self.jobs.grant_read(function.role)
        self.jobs.grant_create(function.role)
        self.jobs.grant_update(function.role)
        process.grant_invoke(function.role)
        return function

    def _add_display_function(self, vpc_config: VpcConfig | None) -> Function:
        function = self._add_image_function(
            "DisplayImageFunction",
            module="display_image",
            description="Shows a job and its images",
            memory=256,
            timeout=15,
            environment={
                "ENDPOINT_NAME": self.endpoint.name,
                "ALLOWED_ORIGIN": self._api_answers.allowed_origin,
            },
            vpc_config=vpc_config,
        )
        self.jobs.grant_read(function.role)
        self.endpoint.grant_describe(function.role)
        return function

    def _add_mark_function(self, vpc_config: VpcConfig | None) -> Function:
        function = self._add_image_function(
            "MarkJobFailedFunction",
            module="mark_job_failed",
            description="Marks a job as failed after its last retry",
            memory=256,
            timeout=_MARK_SECONDS,
            environment={"STACK_NAME": Ref("AWS::StackName")},
            vpc_config=vpc_config,
        )
        self.jobs.grant_update(function.role)
        return function

    def _add_failed_jobs(self, process: Function, mark: Function) -> FailedJobs:
        return add_failed_jobs(
            self.scope,
            process=process,
            mark=mark,
            retries=self._images.retries,
            maximum_age=self._images.maximum_age,
            visibility_timeout=_QUEUE_SECONDS,
        )

    def _site_limits(self) -> dict[str, int]:
        return {
            "promptMinCharacters": limits.IMAGE_PROMPT_MIN_CHARACTERS,
            "promptMaxCharacters": limits.IMAGE_PROMPT_MAX_CHARACTERS,
            "maxImages": limits.MAX_IMAGES,
            "maxSteps": limits.MAX_INFERENCE_STEPS,
            "maxPixelsSide": limits.IMAGE_SIDE_RANGE[1],
        }
