"""The check of a template before a change set of it is made: cfn-lint, whose errors CloudFormation refuses too.

The emulator knows the properties of few resource types; cfn-lint has the schemas of all. A verdict is kept for the
day: the build's own beside its templates, others in the user's cache folder, so that the same content costs once.
"""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import EmulatedStackFailed
from ..packaging.lint import DEFAULT_REGIONS, Finding, lint_templates
from ..packaging.manifest import MANIFEST_PATH
from .emulator import REGION

_LONGEST_MESSAGE = 300  # characters


def check_template(name: str, text: str, source: str | Path) -> None:
    """Raise EmulatedStackFailed when the stack's template has errors.

    ``source`` is the template as it was given: its path, or the JSON itself.
    """
    # The build's verdict, which is there already, is about several regions; what others lack does not matter here.
    if _errors(text, DEFAULT_REGIONS, source) and (errors := _errors(text, (REGION,), source)):
        lines = "\n".join(f"{each.path or 'template'}: {_shortened(each.message)} ({each.rule})" for each in errors)
        raise EmulatedStackFailed(f"{name}: no change set could be made: the template has errors:\n{lines}")


def _errors(text: str, regions: tuple[str, ...], source: str | Path) -> list[Finding]:
    findings = lint_templates({"template": text}, regions=regions, cache_dir=_cache_dir(source))
    return [each for each in findings if each.rule.startswith("E")]


def _cache_dir(source: str | Path) -> Path:
    if isinstance(source, Path):
        build = source.resolve().parent.parent
        if (build / MANIFEST_PATH).is_file() and (cached := build / ".cache" / "lint").is_dir():
            return cached
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "genai-templates" / "lint"


def _shortened(message: str) -> str:
    """Leave out the middle of a message that repeats a long value: its end says what is wrong."""
    return message if len(message) <= _LONGEST_MESSAGE else f"{message[:100]} ... {message[-150:]}"
