"""The document of deployment has every command and every option of it."""

from __future__ import annotations

import argparse
import importlib
import re
from pathlib import Path

import pytest

from genai_templates.cli.options import flag_of
from genai_templates.options import OPTIONS

_TEXT = (Path(__file__).resolve().parents[3] / "docs" / "deploy.md").read_text("utf-8")
_VERBS = ["estimate", "policy", "preflight", "deploy", "status", "logs", "destroy", "doctor", "link"]
_OF_THE_STACK = {flag_of(declared) for declared in OPTIONS.values()}  # which docs/options.md has


def _flags(verb: str) -> set[str]:
    parser = argparse.ArgumentParser(add_help=False)
    importlib.import_module(f"genai_templates.cli.{verb}").add_arguments(parser)
    return set(re.findall(r"--[a-z-]+", parser.format_usage())) - _OF_THE_STACK


@pytest.mark.parametrize("verb", _VERBS)
def test_the_introduction_leads_to_each_command(verb: str) -> None:
    link = re.search(rf"^\| \[`{verb}`\]\(#(\S+)\) \|", _TEXT, re.MULTILINE)
    assert link
    headings = re.findall(r"^## (.+)$", _TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^a-z -]", "", heading.lower()).replace(" ", "-"): heading for heading in headings}
    assert f"`{verb}`" in anchors[link[1]]


@pytest.mark.parametrize("verb", _VERBS)
def test_each_option_of_a_command_is_explained(verb: str) -> None:
    assert {flag for flag in _flags(verb) if not re.search(rf"`[^`\n]*{flag}\b", _TEXT)} == set()
