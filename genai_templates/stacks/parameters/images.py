"""How long images and jobs are kept, and how often a job is tried."""

from __future__ import annotations

from dataclasses import dataclass

from troposphere import Ref

from ...parameters import ParameterForm

_GROUP = "Images"


@dataclass(frozen=True)
class ImageAnswers:
    """How long images and jobs are kept, and how often a job is tried."""

    days_until_archive: Ref
    days_until_expiry: Ref
    delete_with_stack: Ref
    retries: Ref
    maximum_age: Ref


def ask_images(form: ParameterForm) -> ImageAnswers:
    """Ask about images and jobs; the ranges keep the archive before the expiry, as S3 demands."""
    return ImageAnswers(
        form.ask(
            _GROUP,
            "ArchiveImagesAfterDays",
            "Days until images move to infrequent access",
            kind="Number",
            Default=30,
            MinValue=30,
            MaxValue=90,
            Description="They stay available and cost less to keep",
            ConstraintDescription="Give 30 to 90 days.",
        ),
        form.ask(
            _GROUP,
            "ExpireImagesAfterDays",
            "Days until images and jobs are deleted",
            kind="Number",
            Default=180,
            MinValue=91,
            MaxValue=3650,
            Description="Images and the record of their jobs go together",
            ConstraintDescription="Give 91 to 3650 days.",
        ),
        form.ask(
            _GROUP,
            "DeleteImagesWithStack",
            "Delete the images with the stack",
            Default="false",
            AllowedValues=["true", "false"],
            Description="The bucket of the images is kept otherwise",
            ConstraintDescription="Choose true or false.",
        ),
        form.ask(
            _GROUP,
            "JobRetries",
            "Retries of a job",
            kind="Number",
            Default=2,
            MinValue=0,
            MaxValue=2,
            Description="How often a job is tried again after a passing fault",
            ConstraintDescription="Give 0, 1 or 2.",
        ),
        form.ask(
            _GROUP,
            "JobMaximumAge",
            "Longest wait of a job (seconds)",
            kind="Number",
            Default=3600,
            MinValue=60,
            MaxValue=21_600,
            Description="A job that waits longer is marked as failed",
            ConstraintDescription="Give 60 to 21600 seconds.",
        ),
    )
