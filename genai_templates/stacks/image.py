"""The image application: jobs that a diffusion model turns into images."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from ..bedrock_catalog import STABLE_IMAGE_CORE
from ..catalog import STABLE_DIFFUSION_V2
from ..components.buckets import Bucket, add_image_bucket
from ..components.custom_resources import add_bucket_cleaner
from ..components.distribution import IMAGES_PREFIX
from ..contract.image import CONTRACT, START_JOB
from ..options import Auth, Dispatch, Hosting
from .backend import Backend, BackendContext
from .base import Stack
from .dispatch_part import DispatchPart
from .event_dispatch import EventDispatch
from .hosting import HOSTING_PARTS, HostingPart, HostingParts
from .jobs import JobFunctions, add_jobs
from .parameters.images import ImageParameters, add_image_parameters
from .parameters.jobs import add_job_parameters

# The endpoint has 60 seconds for a response; storing the images takes the rest. (SageMaker runtime API reference,
# InvokeEndpoint.)
_PROCESS_SECONDS = 90


def _bedrock() -> type[HostingPart]:
    from .hosting.bedrock import BedrockImageHosting

    return BedrockImageHosting


def _asynchronous() -> type[HostingPart]:
    from .hosting.asynchronous import AsynchronousHosting

    return AsynchronousHosting


def _queue_dispatch() -> type[DispatchPart]:
    from .queue_dispatch import QueueDispatch

    return QueueDispatch


_DISPATCHES: dict[Dispatch, Callable[[], type[DispatchPart]]] = {
    Dispatch.EVENT: lambda: EventDispatch,
    Dispatch.QUEUE: _queue_dispatch,
}
# What the function that starts jobs calls to do so.
_DISPATCH_SERVICES = {Dispatch.EVENT: "Lambda", Dispatch.QUEUE: "Sqs"}


class ImageStack(Stack):
    """A page, an API and the functions that take image jobs to a model and show what comes of them."""

    app = "image"
    contract = CONTRACT
    default_model = STABLE_DIFFUSION_V2
    default_models: ClassVar[Mapping[Hosting, str]] = {Hosting.BEDROCK: STABLE_IMAGE_CORE}
    hosting_parts: ClassVar[HostingParts] = {
        **HOSTING_PARTS,
        Hosting.BEDROCK: _bedrock,
        Hosting.SCALE_TO_ZERO: _asynchronous,
    }
    description = "Images from prompts: a page, an asynchronous API and a diffusion model"
    without_wheels = (
        "Without Pillow, which does not fit, JPEG images stay as the model makes them, pixel arrays become PNG, and an "
        "image is its own thumbnail"
    )
    # MMS holds responses to 6.5 MB by default; four images as JPEG, or one as pixels, can be larger.
    model_environment: ClassVar[Mapping[str, str]] = {"MMS_MAX_RESPONSE_SIZE": "20000000"}
    private_services = ("XRay", "DynamoDB", "S3")
    slow_model_seconds = 50
    data_outlives_stack = True  # the bucket of images

    @property
    def _own_services(self) -> Sequence[str]:
        return (_DISPATCH_SERVICES[self.options.values["dispatch"]], *self.private_services)

    def _add_backend(self, context: BackendContext) -> Backend:
        parameters = add_image_parameters(context.scope)
        self.image_bucket = images = _add_image_bucket(context, parameters)
        self.jobs = jobs = add_jobs(
            context,
            own=JobFunctions(
                package="handlers.image",
                display_module="display_image",
                display_id="DisplayImageFunction",
                process_seconds=_PROCESS_SECONDS,
                process_memory=1024,
                process_environment={"IMAGE_BUCKET": images.name, **context.content.image_environment},
            ),
            dispatch=_DISPATCHES[self.options.values["dispatch"]](),
            parameters=add_job_parameters(context.scope),
            retention_days=parameters.days_until_expiry,
        )
        for function in jobs.complete or [jobs.process]:  # what has the model's response stores the images
            images.grant_put(function.role, prefix=IMAGES_PREFIX)
            context.content.grant_images(function.role)
        if context.daily_limit:
            context.daily_limit.apply_to(jobs.start)
        is_private = self.options.values["auth"] is not Auth.NONE
        if is_private:
            images.grant_get(jobs.display.role, prefix=IMAGES_PREFIX)  # a URL may do what its signer may
        return Backend(
            served_by={**dict.fromkeys(self.contract.routes, jobs.display), START_JOB: jobs.start},
            functions=jobs.functions,
            images=None if is_private else images,
            private_images=images if is_private else None,
            failed_jobs=jobs.failed,
            job_queue=jobs.queue,
        )


def _add_image_bucket(context: BackendContext, parameters: ImageParameters) -> Bucket:
    bucket = add_image_bucket(
        context.scope,
        days_until_archive=parameters.days_until_archive,
        days_until_expiry=parameters.days_until_expiry,
        key=context.key,
    )
    add_bucket_cleaner(
        context.scope,
        "ImageCleaner",
        shared=context.custom_resources,
        bucket=bucket,
        delete=parameters.delete_with_stack,
    )
    return bucket
