"""The Python of the notebook's environment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def notebook_python() -> Path:
    """A Python that has what the notebook's environment has: NOTEBOOK_PYTHON, or that of .venv-notebook."""
    python = Path(os.environ.get("NOTEBOOK_PYTHON") or _ROOT / ".venv-notebook" / "bin" / "python")
    if not python.exists():
        missing = f"there is no {python}; 'make test' makes it"
        if os.environ.get("REQUIRE_NOTEBOOK") == "1":
            pytest.fail(f"{missing}, and REQUIRE_NOTEBOOK=1 forbids to skip", pytrace=False)
        pytest.skip(missing)
    return python
