"""The source that holds a template's artifacts gives them back as they were, and serves with the code of the last."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from genai_templates.embedded.artifact_source import artifact_source

_KEYS = st.text("abcXYZ019!_.*'()/-", min_size=1, max_size=40)
_PUBLISHER = """
def publish(event, context, artifacts):
    print(event, context, {key: len(content) for key, content in artifacts.items()})
"""


@given(st.dictionaries(_KEYS, st.binary(max_size=300), min_size=1, max_size=3))
def test_the_artifacts_come_out_as_they_went_in_and_in_their_order(contents: dict[str, bytes]) -> None:
    module: dict[str, Any] = {"__name__": "index"}
    exec(artifact_source(contents), module)
    assert list(module["unpacked"]().items()) == list(contents.items())


@given(st.binary(max_size=300))
def test_the_same_artifacts_give_the_same_source_without_a_letter_that_cloudformation_looks_for(content: bytes) -> None:
    source = artifact_source({"key": content})
    assert source == artifact_source({"key": content})
    assert "${" not in source
    assert "{{" not in source


def test_an_event_goes_to_the_code_of_the_last_artifact_with_all_of_them(tmp_path: Path) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        for package in ("handlers", "handlers/custom_resources"):
            target.writestr(f"{package}/__init__.py", "")
        target.writestr("handlers/custom_resources/artifact_publisher.py", _PUBLISHER)
    contents = {"b/handlers.zip": b"four", "a/custom-resources.zip": archive.getvalue()}
    (tmp_path / "index.py").write_text(artifact_source(contents))
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import index; index.handler({{}}, 'context')"
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    expected = {"b/handlers.zip": 4, "a/custom-resources.zip": len(archive.getvalue())}
    assert done.stdout == f"{{}} context {json.dumps(expected)}\n".replace('"', "'")
