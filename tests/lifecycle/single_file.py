"""Templates that bring their artifacts along, and others with changed ones."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from functools import cache

from genai_templates import ArtifactKeys, Hosting, InlineArtifacts
from genai_templates.apps import APPS
from genai_templates.packaging.artifacts import make_inline_artifacts

_OTHER_CODE = {"handlers/text/summarize.py": "def handler(event, context): return {'statusCode': 218}"}


@cache
def artifacts_of(app: str) -> InlineArtifacts:
    """Return the artifacts of an application."""
    return make_inline_artifacts(APPS[app])


def template_of(app: str, artifacts: InlineArtifacts | None = None, hosting: Hosting = Hosting.EXISTING) -> str:
    """Return the template that holds these artifacts, or the application's own."""
    return APPS[app].load_stack()(artifacts=artifacts or artifacts_of(app), hosting=hosting).to_json()


def with_other_code(artifacts: InlineArtifacts) -> InlineArtifacts:
    """Return artifacts of the text application whose API responds with 218 to everything."""
    return _changed(artifacts, artifacts.keys.handlers, _OTHER_CODE)


def with_other_page(artifacts: InlineArtifacts) -> InlineArtifacts:
    """Return artifacts with another page."""
    return _changed(artifacts, artifacts.keys.custom_resources, {"site/index.html": "<!doctype html>another page"})


def without_page(artifacts: InlineArtifacts) -> InlineArtifacts:
    """Return artifacts without a page, which the stack cannot publish."""
    return _changed(artifacts, artifacts.keys.custom_resources, {"site/index.html": None})


def _changed(artifacts: InlineArtifacts, key: str, changes: Mapping[str, str | None]) -> InlineArtifacts:
    content = _with_members(artifacts.contents[key], changes)
    other = re.sub("[0-9a-f]{12}", hashlib.sha256(content).hexdigest()[:12], key)
    kept = {each: artifacts.contents[each] for each in artifacts.contents if each != key}
    keys = vars(artifacts.keys) | {name: other for name, each in vars(artifacts.keys).items() if each == key}
    return InlineArtifacts(keys=ArtifactKeys(**keys), contents={**kept, other: content})


def _with_members(archive: bytes, changes: Mapping[str, str | None]) -> bytes:
    """Return a zip with these members changed, or left out where they are None."""
    source, copy = zipfile.ZipFile(io.BytesIO(archive)), io.BytesIO()
    members: dict[str, bytes | str | None] = {name: source.read(name) for name in source.namelist()}
    with zipfile.ZipFile(copy, "w") as target:
        for name, content in {**members, **changes}.items():
            if content is not None:
                target.writestr(zipfile.ZipInfo(name), content)
    return copy.getvalue()
