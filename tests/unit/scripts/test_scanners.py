"""The results of the scanners, read from what each of them prints, and the verdict on them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from genai_templates.suppressions import guard_reasons
from scripts.scanners import cdk_nag, checkov, guard, preflight
from scripts.scanners.results import Result, ScannerFailed, idle_arguments, output_of, unargued_findings


def _written(folder: Path, metadata: dict[str, Any], *, kind: str = "AWS::S3::Bucket", name: str = "LogBucket") -> Path:
    path = folder / "text.template.json"
    path.write_text(json.dumps({"Resources": {name: {"Type": kind, "Metadata": metadata}}}))
    return path


def _clause(path: str) -> dict[str, Any]:
    return {"Clause": {"Unary": {"check": {"UnResolved": {"value": {"traversed_to": {"path": path, "value": {}}}}}}}}


def _guard_report(*checks: dict[str, Any]) -> dict[str, Any]:
    rule = {
        "name": "s3_bucket_logging_enabled_check",
        "messages": {"custom_message": None},
        "checks": [
            {"Rule": {"messages": {"custom_message": "\n  [CT.S3.PR.2]: Require\n  logging "}, "checks": [*checks]}}
        ],
    }
    return {"name": "/folder/text.template.json", "not_compliant": [{"Rule": rule}], "compliant": ["another_check"]}


def test_a_check_that_checkov_skips_is_suppressed_if_it_fails_without_the_suppression() -> None:
    check = {"check_id": "CKV_1", "check_name": "Encrypt", "file_path": "/text.template.json"}
    skip = {"suppress_comment": "Argued."}
    failed = [
        {**check, "resource": "AWS::S3::Bucket.Plain"},
        {**check, "resource": "AWS::S3::Bucket.Plain", "file_path": "/text.bare.json"},
        {**check, "resource": "AWS::S3::Bucket.Log", "file_path": "/text.bare.json"},
    ]
    skipped = [
        {**check, "resource": "AWS::S3::Bucket.Log", "check_result": skip},
        {**check, "resource": "AWS::S3::Bucket.Encrypted", "check_result": skip},
    ]
    results = {"failed_checks": failed, "skipped_checks": skipped}
    assert list(checkov.parse({"summary": {"parsing_errors": 0}, "results": results})) == [
        Result("checkov", "CKV_1", "text", "Plain", "", False, "Encrypt"),
        Result("checkov", "CKV_1", "text", "Log", "", True, "Argued."),
    ]


def test_a_template_that_checkov_cannot_read_is_a_failure() -> None:
    with pytest.raises(ScannerFailed, match=r"checkov cannot read a template: \['text'\]"):
        list(checkov.parse({"summary": {"parsing_errors": 1}, "results": {"parsing_errors": ["text"]}}))


@pytest.mark.parametrize("state", ["found", "unknown", "suppressed"])
def test_what_cdk_nag_cannot_judge_is_found_like_what_it_finds(state: str) -> None:
    row = {"template": "/folder/text.template.json", "resource": "${Token[text.template.Log.LogicalID.12]}"}
    row |= {"rule": "AwsSolutions-S1", "finding": "", "state": state, "text": "Why.\n"}
    assert cdk_nag.parse({**row, "resource": "text/template.Log.LogicalID"}) == Result(
        "cdk-nag", "AwsSolutions-S1", "text", "Log", "", state == "suppressed", "Why."
    )
    assert cdk_nag.parse(row).resource == "Log"


def test_a_rule_of_guard_is_found_once_for_each_resource_that_its_failed_clauses_name() -> None:
    clauses = [_clause("/Resources/Log/Properties"), _clause("/Resources/Log/Properties/X"), _clause("/Resources/Site")]
    text = "[CT.S3.PR.2]: Require logging"
    rule = "s3_bucket_logging_enabled_check"
    assert list(guard.parse([_guard_report(*clauses)])) == [
        Result("guard", rule, "text", "Log", "", False, text),
        Result("guard", rule, "text", "Site", "", False, text),
    ]


def test_a_rule_of_guard_that_names_no_resource_is_found_all_the_same() -> None:
    assert [each.resource for each in guard.parse([_guard_report()])] == [""]


def test_a_suppression_of_guard_suppresses_the_rule_of_the_same_name_on_its_own_resource(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = ["S3_BUCKET_LOGGING_ENABLED", "s3_bucket_logging_enabled_check", "s3_bucket_object_lock_enabled_check"]
    path = _written(tmp_path, {"guard": {"SuppressedRules": rules}})
    report = _guard_report(_clause("/Resources/LogBucket/Properties"), _clause("/Resources/Other/Properties"))
    monkeypatch.setattr(guard, "output_of", lambda command, accepted: json.dumps([report]))
    argued = guard_reasons()["AWS::S3::Bucket", "s3_bucket_logging_enabled_check"]
    assert "It is where the access logs of the others go." in argued
    assert [(each.resource, each.suppressed, each.text) for each in guard.run([path])] == [
        ("LogBucket", True, argued),
        ("Other", False, "[CT.S3.PR.2]: Require logging"),
    ]
    # In capitals it is for a rule that is not run, and so cannot be idle.
    assert [each.rule for each in guard.declared([path])] == rules[1:]


def test_a_finding_of_preflight_is_argued_by_rule_and_resource(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _written(tmp_path, {}, kind="AWS::SNS::Topic", name="AlarmTopic")
    row = {"template": "text.template.json", "rule": "pf-sns-subscription-endpoint", "text": "Endpoint ''"}
    rows = [{**row, "resource": "AlarmTopic"}, {**row, "resource": "Other"}]
    monkeypatch.setattr(preflight, "rows_of", lambda script, folder, paths: rows)
    assert [(each.resource, each.suppressed) for each in preflight.run([path])] == [
        ("AlarmTopic", True),
        ("Other", False),
    ]


def test_an_argument_for_a_resource_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert list(preflight.declared([_written(tmp_path, {})])) == []


def test_every_suppression_in_a_template_is_an_argument(tmp_path: Path) -> None:
    nag = [{"id": "AwsSolutions-IAM5", "reason": "Why.", "applies_to": ["Resource::*", "Resource::a/*"]}]
    skip = [{"id": "CKV_1", "comment": "Why."}]
    path = _written(tmp_path, {"cdk_nag": {"rules_to_suppress": nag}, "checkov": {"skip": skip}})
    assert [each.detail for each in cdk_nag.declared([path])] == ["Resource::*", "Resource::a/*"]
    assert [each.key for each in checkov.declared([path])] == [("checkov", "CKV_1", "text", "LogBucket", "")]


def test_the_verdict_is_about_what_is_not_argued_and_about_arguments_that_suppress_nothing() -> None:
    found = Result("guard", "rule", "text", "A", "", False, "Require")
    used, idle = found._replace(resource="B", suppressed=True), found._replace(resource="C", suppressed=True)
    assert unargued_findings([found, found, used]) == [found]
    assert idle_arguments([found, used], [used, idle]) == [idle]
    # Found although it is argued: the argument is of no use to the scanner.
    assert idle_arguments([found], [found._replace(suppressed=True)]) != []


def test_a_scanner_that_does_not_run_or_ends_badly_is_one_line() -> None:
    with pytest.raises(ScannerFailed, match=r"^no-such-scanner did not run: "):
        output_of([Path("/nowhere/no-such-scanner")])
    command = [sys.executable, "-c", "import sys; print('broken rule', file=sys.stderr); sys.exit(5)"]
    with pytest.raises(ScannerFailed, match=r"ended with 5: broken rule$"):
        output_of(command, accepted=(0, 19))
