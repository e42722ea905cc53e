"""Another version of a published page."""

from __future__ import annotations

import io
import re
import zipfile

from genai_templates.local import Emulator
from genai_templates.local.stack_inputs import ARTIFACTS, upload


def without_page(emulator: Emulator, key: str) -> str:
    """Upload a copy of this artifact that has no page, and return its key."""
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w") as target:
        for name, content in _members(emulator, key).items():
            if not name.startswith("site/"):
                target.writestr(name, content)
    upload(emulator, "no-page.zip", copy.getvalue())
    return "no-page.zip"


def _members(emulator: Emulator, key: str) -> dict[str, bytes]:
    artifact = zipfile.ZipFile(io.BytesIO(emulator.client("s3").get_object(Bucket=ARTIFACTS, Key=key)["Body"].read()))
    return {name: artifact.read(name) for name in artifact.namelist()}


def with_another_page(emulator: Emulator, key: str) -> str:
    """Upload a copy of this artifact with another page, and return its key."""
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w") as target:
        for name, content in _members(emulator, key).items():
            changed = re.sub(r"^site/assets-\w+/", "site/assets-aaaaaaaaaaaa/", name)
            if name == "site/index.html":
                content = re.sub(rb"assets-\w+/", b"assets-aaaaaaaaaaaa/", content)
            target.writestr(changed, content)
    upload(emulator, "another-page.zip", copy.getvalue())
    return "another-page.zip"
