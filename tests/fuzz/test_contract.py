"""Both APIs keep the contract that their OpenAPI documents are, whatever is thrown at them.

``schemathesis.toml`` says what is tried, and ``hooks.py`` what is checked besides schemathesis' own checks.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from genai_templates.local import EmulatedStack, Emulator

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def try_contract(folder: Path, document: str, url: str, *more: str) -> None:
    """Have schemathesis try the API below the URL, and fail with what it found."""
    command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(HERE / "schemathesis.toml")]
    result = subprocess.run(
        [*command, "run", str(folder / "openapi" / document), "--url", url, "--no-color", *more],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "SCHEMATHESIS_HOOKS": str(HERE / "hooks.py"), "PYTHONPATH": str(ROOT), "NO_PROXY": "*"},
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def direct_url(emulator: Emulator, stack: EmulatedStack) -> str:
    """Return the API's own URL, as the emulator has it."""
    url = stack.outputs["ApiGatewayUrl"]
    return f"{emulator.url}/_aws/execute-api/{url.removeprefix('https://').split('.')[0]}/{url.rsplit('/', 1)[-1]}"


def test_the_text_api_keeps_its_contract(emulator: Emulator, folder: Path, text: EmulatedStack) -> None:
    try_contract(folder, "text.json", direct_url(emulator, text))


def test_the_image_api_keeps_its_contract(emulator: Emulator, folder: Path, image: EmulatedStack) -> None:
    try_contract(folder, "image.json", direct_url(emulator, image))


@pytest.mark.parametrize("app", ["text", "image"])
def test_the_contract_holds_behind_the_distribution_too(
    emulator: Emulator, folder: Path, app: str, request: pytest.FixtureRequest
) -> None:
    stack: EmulatedStack = request.getfixturevalue(app)
    # The cases of the coverage phase would meet the same functions again.
    more = ("--header", f"Host:{stack.domain}", "--phases", "fuzzing")
    try_contract(folder, f"{stack.name}.json", f"{emulator.url}/api", *more)
