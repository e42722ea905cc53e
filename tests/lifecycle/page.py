"""Another version of a published page."""

from __future__ import annotations

import io
import re
import zipfile

from tests.lifecycle.deployment import ARTIFACTS, Aws


def without_page(aws: Aws, key: str) -> str:
    """Upload a copy of this artifact that has no page, and return its key."""
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w") as target:
        for name, content in _members(aws, key).items():
            if not name.startswith("site/"):
                target.writestr(name, content)
    aws.upload("no-page.zip", copy.getvalue())
    return "no-page.zip"


def _members(aws: Aws, key: str) -> dict[str, bytes]:
    artifact = zipfile.ZipFile(io.BytesIO(aws.s3.get_object(Bucket=ARTIFACTS, Key=key)["Body"].read()))
    return {name: artifact.read(name) for name in artifact.namelist()}


def with_another_page(aws: Aws, key: str) -> str:
    """Upload a copy of this artifact with another page, and return its key."""
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w") as target:
        for name, content in _members(aws, key).items():
            changed = re.sub(r"^site/assets-\w+/", "site/assets-aaaaaaaaaaaa/", name)
            if name == "site/index.html":
                content = re.sub(rb"assets-\w+/", b"assets-aaaaaaaaaaaa/", content)
            target.writestr(changed, content)
    aws.upload("another-page.zip", copy.getvalue())
    return "another-page.zip"
