"""The link to the console's form is one that the console reads."""

from __future__ import annotations

from urllib.parse import unquote

from genai_templates.aws.link import quick_create_link
from tests.unit.aws.stubbed_account import StubbedAccount


def test_values_are_quoted_as_a_fragment_has_them(account: StubbedAccount) -> None:
    caller = {"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/x", "UserId": "x"}
    account.expect("sts", "get_caller_identity", caller)
    url = "https://s3.eu-west-1.amazonaws.com/bucket/key"
    link = quick_create_link(account, template_url=url, stack="genai-text", parameters={"Title": "a b+c&d"})
    assert link.startswith("https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1#/stacks/")
    assert [unquote(each) for each in link.partition("quickcreate?")[2].split("&")] == [
        f"templateURL={url}",
        "stackName=genai-text",
        "param_Title=a b+c&d",
    ]
