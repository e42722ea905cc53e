"""``policy`` prints or writes what IAM and CloudFormation take."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from genai_templates.cli import main


def test_it_prints_one_document_and_says_how_to_have_it_in_parts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "text"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["Version"] == "2012-10-17"
    assert "--output FOLDER" in printed.err


def test_it_writes_the_parts_and_names_them(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["policy", "image", "--stack-name", "pictures", "--output", str(tmp_path)]) == 0
    printed = capsys.readouterr()
    paths = [Path(line) for line in printed.out.splitlines()]
    assert [path.name for path in paths][:2] == ["pictures.1.policy.json", "pictures.2.policy.json"]
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    assert all(":role/pictures-*" in path.read_text() or ":stack/pictures/*" in path.read_text() for path in paths[:2])
    assert printed.err == ""


def test_options_bring_the_permissions_of_what_they_add(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "text", "--function-network", "private"]) == 0
    assert "ec2:CreateVpcEndpoint" in capsys.readouterr().out
    assert main(["policy", "text"]) == 0
    assert "ec2:CreateVpcEndpoint" not in capsys.readouterr().out


def test_the_service_role_is_a_template_with_the_roles_arn(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "text", "--service-role"]) == 0
    assert "RoleArn" in json.loads(capsys.readouterr().out)["Outputs"]


def test_an_account_that_cannot_be_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "text", "--account", "mine"]) == 2
    assert capsys.readouterr().err == "genai-templates: account 'mine': give its 12 digits\n"
