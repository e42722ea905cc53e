"""The pins that the lifecycle script carries are those that the tests run with."""

from __future__ import annotations

from pathlib import Path

from packaging.requirements import Requirement

from genai_templates.embedded import read

_LOCK = Path(__file__).with_name("requirements.txt")
# conda_python3 of notebook-al2023-v1.
_NOTEBOOK = {
    "implementation_name": "cpython",
    "implementation_version": "3.10.0",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_release": "",
    "platform_system": "Linux",
    "platform_version": "",
    "python_full_version": "3.10.0",
    "python_version": "3.10",
    "sys_platform": "linux",
}


def test_the_script_installs_what_the_lock_file_has_for_the_notebook(update_golden: bool) -> None:
    lines = [line.rstrip("\\ \n") for line in _LOCK.read_text().splitlines() if line[:1].isalnum()]
    locked = [Requirement(line) for line in lines]
    wanted = [pin for pin in locked if pin.marker is None or pin.marker.evaluate(_NOTEBOOK)]
    text = "".join(f"{pin.name}{pin.specifier}\n" for pin in wanted)
    embedded = Path(__file__).parents[2] / "genai_templates" / "embedded" / "requirements.txt"
    if update_golden:
        embedded.write_text(text)
    assert read("requirements.txt") == text, "pytest --update-golden tests/notebook/test_requirements.py renews it"


def test_the_sdk_is_the_last_that_has_the_class_jumpstart_model() -> None:
    assert "sagemaker==2.257.7\n" in read("requirements.txt")
