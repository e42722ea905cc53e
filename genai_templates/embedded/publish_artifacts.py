"""Brings the stack's artifacts along: they lie packed in this file, and go into a bucket of the stack.

What puts them there lies in the last of them, and is unpacked first.
"""

from __future__ import annotations

import base64
import bz2
import io
import sys
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from typing import Any

# By their S3 keys, as bzip2 and base64.
PACKED = {"@key@": "@artifact@"}


@cache
def unpacked() -> dict[str, bytes]:
    """Return the artifacts by their S3 keys."""
    return {key: bz2.decompress(base64.b64decode(text)) for key, text in PACKED.items()}


@cache
def publisher() -> Callable[..., None]:
    """Return the function that serves the custom resource, from the last artifact."""
    folder = tempfile.mkdtemp()
    with zipfile.ZipFile(io.BytesIO(list(unpacked().values())[-1])) as archive:
        archive.extractall(folder)
    sys.path.insert(0, folder)
    from handlers.custom_resources.artifact_publisher import publish

    return publish


def handler(event: dict[str, Any], context: Any) -> None:
    """Serve Custom::ArtifactPublisher."""
    publisher()(event, context, unpacked())
