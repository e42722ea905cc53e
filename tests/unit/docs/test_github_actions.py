"""The workflow for GitHub Actions calls what there is, and its roles let pull requests change nothing."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from genai_templates.cli.arguments import parse
from genai_templates.packaging.lint import lint_templates

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "docs" / "github-actions"
WORKFLOW = yaml.safe_load((FOLDER / "deploy.yml").read_text("utf-8"))
ROLES = FOLDER / "oidc-roles.template.yml"


def _commands(job: str) -> list[str]:
    return [step["run"].partition(" | ")[0] for step in WORKFLOW["jobs"][job]["steps"] if "run" in step]


def _make_command(command: str) -> tuple[str, dict[str, str]]:
    """Return the target of a make command, and its variables."""
    program, target, *variables = shlex.split(re.sub(r"\$\{\{ vars\.\w+ \}\}", "VALUE", command))
    assert program == "make"
    return target, dict(each.split("=", 1) for each in variables)


@pytest.mark.parametrize("job", sorted(WORKFLOW["jobs"]))
def test_each_command_is_a_target_with_arguments_that_exist(job: str) -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for command in _commands(job):
        target, variables = _make_command(command)
        assert target in targets
        if "STACK" in variables:
            parse([target, variables["STACK"], *variables["ARGS"].split()])


def test_a_pull_request_plans_and_a_push_deploys() -> None:
    (_, plan), (_, deploy) = _make_command(_commands("plan")[0]), _make_command(_commands("deploy")[0])
    assert "--plan" in plan["ARGS"]
    assert "--yes" in deploy["ARGS"]
    assert "pull_request" in WORKFLOW["jobs"]["plan"]["if"]
    assert "push" in WORKFLOW["jobs"]["deploy"]["if"]
    assert WORKFLOW["jobs"]["deploy"]["environment"] == "production"


def test_every_job_ends_and_only_those_that_need_it_get_a_token() -> None:
    for name, job in WORKFLOW["jobs"].items():
        assert job["timeout-minutes"] <= 120
        assert (job.get("permissions", {}).get("id-token") == "write") == (name != "lint")


def test_the_template_of_the_roles_has_no_finding(tmp_path: Path) -> None:
    texts = {str(ROLES): ROLES.read_text("utf-8")}
    assert not lint_templates(texts, regions=["us-east-1"], cache_dir=tmp_path)


def test_the_roles_trust_the_repository_alone_and_a_plan_changes_nothing() -> None:
    resources = yaml.load(ROLES.read_text("utf-8"), Loader=_Intrinsics)["Resources"]
    subjects = {name: _subject(resources[name]) for name in ("PlanRole", "DeployRole")}
    assert subjects == {
        "PlanRole": "repo:${Repository}:pull_request",
        "DeployRole": "repo:${Repository}:environment:${Environment}",
    }
    (statement,) = resources["PlanRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Resource"]) == ("Deny", "*")
    assert "cloudformation:ExecuteChangeSet" in statement["Action"]


def _subject(role: dict[str, Any]) -> str:
    (statement,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    return str(statement["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"])


class _Intrinsics(yaml.SafeLoader):
    """Reads ``!Sub`` and the others as what they are of."""


def _plain(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    return loader.construct_sequence(node) if isinstance(node, yaml.SequenceNode) else None


_Intrinsics.add_multi_constructor("!", _plain)
