"""CloudFront's functions, run in Node: what becomes of a request's path."""

from __future__ import annotations

import json
import subprocess

import pytest

from genai_templates.embedded import read


def rewritten(source: str, uris: list[str]) -> list[str]:
    """Run a viewer-request function over these paths."""
    script = (
        f"{read(source)}\n"
        f"const uris = {json.dumps(uris)};"
        "console.log(JSON.stringify(uris.map((uri) => handler({ request: { uri } }).uri)));"
    )
    result = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True)
    expected: list[str] = json.loads(result.stdout)
    return expected


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("/api/status", "/status"),
        ("/api/generate/0123", "/generate/0123"),
        ("/api/", "/"),
        ("/api", "/"),
        ("/apiary", "/apiary"),
        ("/api/api/x", "/api/x"),
    ],
)
def test_the_api_sees_paths_without_the_prefix(uri: str, expected: str) -> None:
    assert rewritten("strip_api_prefix.js", [uri]) == [expected]


def test_unknown_paths_show_the_page_and_files_stay_what_they_are() -> None:
    files = ["/index.html", "/config.json", "/assets-0a1b/app.js", "/assets-0a1b/shared/icon.svg"]
    pages = ["/", "/history", "/a/b/", "/v1.2/page", "/image.exe"]
    assert rewritten("index_rewrite.js", files + pages) == files + ["/index.html"] * len(pages)
