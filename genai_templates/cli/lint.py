"""Check templates with cfn-lint: every rule, findings of every level, for several regions at once.

Without files it checks those that 'genai-templates build' left in the folder.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import InvalidOption, LintError
from ..packaging.lint import DEFAULT_REGIONS, lint_templates
from .arguments import add_output, add_region


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this verb."""
    parser.add_argument("templates", nargs="*", type=Path, metavar="TEMPLATE", help="a template, in JSON or YAML")
    add_output(parser)
    add_region(parser, DEFAULT_REGIONS)


def run(arguments: argparse.Namespace) -> int:
    """Check the templates, and print each finding; 1 when there is one."""
    folders = [arguments.output / "templates", arguments.output / "console"]
    paths = arguments.templates or [path for folder in folders for path in sorted(folder.glob("*.template.json"))]
    if not paths:
        raise LintError(f"no templates in {folders[0]}: run 'genai-templates build' first")
    findings = lint_templates(
        {str(path): _read(path) for path in paths},
        regions=arguments.region or DEFAULT_REGIONS,
        cache_dir=arguments.output / ".cache" / "lint",
    )
    for finding in findings:
        print(finding)
    print(f"{len(paths)} templates, {len(findings)} findings")
    return 1 if findings else 0


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise InvalidOption(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InvalidOption(f"{path} is not a template: it is not text in UTF-8") from None
