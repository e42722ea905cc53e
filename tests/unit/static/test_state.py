"""The pages' pure modules, run by Node's own test runner."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.parametrize("script", sorted(path.name for path in HERE.glob("*.test.mjs")))
def test_modules_of_the_pages(script: str) -> None:
    result = subprocess.run(["node", "--test", str(HERE / script)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
