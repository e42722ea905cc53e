"""Another version of a published page."""

from __future__ import annotations

import io
import re
import zipfile

from tests.lifecycle.deployment import ARTIFACTS, Aws


def with_another_page(aws: Aws, key: str) -> str:
    """Upload a copy of this artifact with another page, and return its key."""
    original = zipfile.ZipFile(io.BytesIO(aws.s3.get_object(Bucket=ARTIFACTS, Key=key)["Body"].read()))
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w") as target:
        for name in original.namelist():
            content = original.read(name)
            changed = re.sub(r"^site/assets-\w+/", "site/assets-aaaaaaaaaaaa/", name)
            if name == "site/index.html":
                content = re.sub(rb"assets-\w+/", b"assets-aaaaaaaaaaaa/", content)
            target.writestr(changed, content)
    aws.upload("another-page.zip", copy.getvalue())
    return "another-page.zip"
