from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from genai_templates.errors import PackagingError
from genai_templates.packaging.artifacts import AppArtifacts, Artifact
from genai_templates.packaging.manifest import (
    TemplateEntry,
    json_bytes,
    minified,
    read_manifest,
    size_line,
    stack_entry,
)
from genai_templates.packaging.request import BuildRequest


def test_it_names_each_file_with_hash_and_size_and_each_artifact_with_its_parameter() -> None:
    artifacts = AppArtifacts(
        handlers=Artifact(parameter="LambdaS3Key", key="genai-templates/text/handlers-1.zip", content=b"handlers"),
        custom_resources=Artifact(parameter="CustomResourcesS3Key", key="genai-templates/text/c-2.zip", content=b"cc"),
    )
    entry = stack_entry("text", BuildRequest(), template=b'{\n "a": 1}\n', openapi=b"{}\n", artifacts=artifacts)
    assert entry["template"] == {
        "path": "templates/text.template.json",
        "sha256": hashlib.sha256(b'{\n "a": 1}\n').hexdigest(),
        "bytes": 11,
        "bytes_minified": 7,
    }
    assert entry["openapi"]["path"] == "openapi/text.json"
    assert entry["artifacts"][0] == {
        "parameter": "LambdaS3Key",
        "key": "genai-templates/text/handlers-1.zip",
        "path": "artifacts/genai-templates/text/handlers-1.zip",
        "sha256": hashlib.sha256(b"handlers").hexdigest(),
        "bytes": 8,
    }
    assert [artifact["parameter"] for artifact in entry["artifacts"]] == ["LambdaS3Key", "CustomResourcesS3Key"]
    assert (entry["options"]["hosting"], entry["options"]["architecture"]) == ("notebook", "x86_64")


def test_json_is_sorted_and_keeps_letters_readable() -> None:
    assert json_bytes({"b": 1, "a": "ü"}) == '{\n  "a": "ü",\n  "b": 1\n}\n'.encode()
    assert minified(b'{ "b" : [1, 2] }') == b'{"b":[1,2]}'


@pytest.mark.parametrize(
    ("plain", "small", "verdict"),
    [
        (51_200, 40_000, "51,200 bytes, minified 40,000; within the 51,200 bytes that may be passed inline"),
        (51_201, 51_200, "51,201 bytes, minified 51,200; minified within the 51,200 bytes"),
        (90_000, 51_201, "90,000 bytes, minified 51,201; over the 51,200 bytes that may be passed inline: upload it"),
    ],
)
def test_the_size_is_compared_with_what_cloudformation_takes(plain: int, small: int, verdict: str) -> None:
    entry: TemplateEntry = {"path": "a", "sha256": "b", "bytes": plain, "bytes_minified": small}
    assert size_line(entry).startswith(verdict)


@pytest.mark.parametrize("content", [None, "{", "[]", '{"format": 0}'])
def test_a_manifest_that_is_not_there_or_not_ours_is_an_error(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(PackagingError, match="run 'genai-templates build'"):
        read_manifest(tmp_path)


def test_a_manifest_is_read_back(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"format": 1, "stacks": {}}))
    assert read_manifest(tmp_path) == {"format": 1, "stacks": {}}
