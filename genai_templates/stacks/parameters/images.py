"""Parameters of generated images."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import Ref

from ...parameters import ParameterGroup
from ...scope import Scope


class ImageParameters(NamedTuple):
    """How long images are kept."""

    days_until_archive: Ref
    days_until_expiry: Ref
    delete_with_stack: Ref


def add_image_parameters(scope: Scope) -> ImageParameters:
    """Add the parameters of images; their ranges keep the archive before the expiry, as S3 demands."""
    group = ParameterGroup(scope, "Images")
    return ImageParameters(
        days_until_archive=group.number(
            "ArchiveImagesAfterDays",
            "Days until images move to infrequent access",
            default=30,
            minimum=30,
            maximum=90,
            unit="days",
            description="They stay available and cost less to keep",
        ),
        days_until_expiry=group.number(
            "ExpireImagesAfterDays",
            "Days until images and jobs are deleted",
            default=180,
            minimum=91,
            maximum=3650,
            unit="days",
            description="Images and the record of their jobs go together",
        ),
        delete_with_stack=group.flag(
            "DeleteImagesWithStack",
            "Delete the images with the stack",
            default=False,
            description="The bucket of the images is kept otherwise",
        ),
    )
