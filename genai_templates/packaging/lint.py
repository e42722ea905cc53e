"""cfn-lint on templates, in this process: every rule, findings of every level, for several regions at once.

cfn-lint takes half a second to import and as long for each template, so a verdict is cached. It depends on
the template, the version of cfn-lint, the regions and the day (a runtime becomes deprecated by date): the
name of a cached verdict tells all four. Configuration files of the user or of the working directory are not read:
the same template gets the same verdict everywhere.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..errors import InvalidOption, LintError
from .folder import write_atomically

if TYPE_CHECKING:
    from cfnlint.config import ConfigMixIn
    from cfnlint.match import Match
    from cfnlint.rules._rules import Rules

DEFAULT_REGIONS = ("us-east-1", "us-west-2", "eu-west-1")
"""Regions that have every service that the templates use."""

_INCLUDED = ("I",)  # informational rules too
_FORMAT_OF_CACHE = 1


class _Row(NamedTuple):
    """A finding without the name of the file, which is not part of the verdict."""

    line: int
    path: str
    rule: str
    message: str


class Finding(NamedTuple):
    """One finding: file, line, logical id and path below it, the rule's id and what it says."""

    file: str
    line: int
    path: str
    rule: str
    message: str

    def __str__(self) -> str:
        """Return the finding as one line."""
        return f"{self.file}:{self.line}: {self.path or 'template'}: {self.rule}: {self.message}"


def lint_version() -> str:
    """Return the version of cfn-lint. Raises LintError when it is not installed."""
    try:
        return version("cfn-lint")
    except PackageNotFoundError:
        raise LintError("cfn-lint is not installed: pip install 'genai-templates[lint]'") from None


def check_regions(regions: Iterable[str]) -> None:
    """Raise InvalidOption for a region that cfn-lint does not know."""
    if others := set(regions) - set(DEFAULT_REGIONS):  # those are not worth the import
        from cfnlint.helpers import REGIONS

        if unknown := sorted(others - set(REGIONS)):
            known = ", ".join(REGIONS)
            raise InvalidOption(f"{', '.join(unknown)} is not one of cfn-lint's regions; choose from {known}")


def today() -> str:
    """Return the date, in UTC, that a verdict is good for."""
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def lint_templates(
    templates: Mapping[str, str], *, regions: Iterable[str] = DEFAULT_REGIONS, cache_dir: Path
) -> tuple[Finding, ...]:
    """Return the findings of cfn-lint in these templates, which are given by the name to show in a finding.

    ``cache_dir`` is the folder of earlier verdicts. Raises LintError when cfn-lint is not installed, and
    InvalidOption for a region that it does not know.
    """
    wanted = tuple(sorted(set(regions)))
    installed, day = lint_version(), today()
    check_regions(wanted)
    findings: list[Finding] = []
    for name, text in templates.items():
        key = json.dumps([_FORMAT_OF_CACHE, text, installed, wanted, _INCLUDED])
        path = cache_dir / f"{day}-{hashlib.sha256(key.encode()).hexdigest()}.json"
        rows = _cached_rows(path)
        if rows is None:
            rows = _lint(text, wanted)
            with suppress(OSError):  # a folder that cannot be written keeps nothing
                write_atomically(path, json.dumps(rows).encode())
        findings += [Finding(name, *row) for row in rows]
    for outdated in cache_dir.glob("*.json"):
        if not outdated.name.startswith(day):
            with suppress(OSError):
                outdated.unlink()
    return tuple(findings)


def _cached_rows(path: Path) -> list[_Row] | None:
    try:
        return [_Row(*row) for row in json.loads(path.read_text("utf-8"))]
    except (OSError, ValueError, TypeError):
        return None


def _lint(text: str, regions: tuple[str, ...]) -> list[_Row]:
    from cfnlint.decode import decode_str
    from cfnlint.runner import run_template_by_data

    template, matches = decode_str(text)
    if template is not None:
        config = _configuration(regions)
        matches = list(run_template_by_data(template, config, _rules()))
    return sorted({_row(match) for match in matches})


@cache
def _rules() -> Rules:
    """Load all rules once: it takes as long as a whole template."""
    from cfnlint.runner import Runner

    return Runner(_configuration(DEFAULT_REGIONS)).rules


def _configuration(regions: tuple[str, ...]) -> ConfigMixIn:
    from cfnlint.config import ConfigMixIn

    class HermeticConfig(ConfigMixIn):
        def _find_config(self) -> tuple[str, str]:
            return "", ""  # no .cfnlintrc, neither the user's nor the working directory's

    return HermeticConfig([], regions=list(regions), include_checks=list(_INCLUDED))


def _row(match: Match) -> _Row:
    path = "/".join(str(part) for part in getattr(match, "path", None) or ())
    return _Row(match.linenumber, path, match.rule.id, match.message)
