"""Print the IAM policy that whoever deploys an application needs, and no more.

It allows what the commands call, and what CloudFormation does for each resource of the template in the caller's name:
the permissions that AWS publishes for the resource types, on the resources that the template has. A managed policy
takes 6,144 characters, and a role or a user ten of them: --output writes a policy in as many files as that needs.

With a service role a person needs little:

  genai-templates policy NAME --service-role > role.json    the role, as a template to deploy once, by an administrator
  genai-templates policy NAME --role-arn ARN                what a person needs then, who deploys with --role-arn ARN
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from ..apps import APPS
from ..json_text import indented
from ..options import ArtifactKeys
from ..packaging.build import make_stack
from ..packaging.folder import write_atomically
from ..packaging.lint import lint_version
from ..packaging.request import BuildRequest
from .options import add_options, read_options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this verb."""
    parser.add_argument("app", choices=list(APPS), metavar="NAME", help=f"the application: {' or '.join(APPS)}")
    parser.add_argument("--stack-name", metavar="STACK", help="its name (default: genai-NAME)")
    parser.add_argument("--account", default="*", metavar="ID", help="the account's 12 digits (default: any)")
    parser.add_argument("--region", default="*", metavar="REGION", help="the stack's region (default: any)")
    parser.add_argument(
        "--bucket", default="", metavar="BUCKET", help="the artifacts' bucket (default: genai-templates-ACCOUNT-REGION)"
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FOLDER",
        help="write into this folder, as policies that IAM takes, and print none",
    )
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--role-arn", default="", metavar="ARN", help="the service role that CloudFormation works with")
    kind.add_argument("--service-role", action="store_true", help="print the template of such a role instead")
    add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the policy or the template, or write it."""
    from troposphere import encode_to_dict

    from ..aws.cloudformation.stacks import stack_name
    from ..aws.policy import Place, caller_policy, document, service_role_template, split

    lint_version()  # cfn-lint has the permissions of the resource types
    request = BuildRequest(apps=(arguments.app,), **read_options(arguments))
    template = make_stack(APPS[arguments.app], request, ArtifactKeys.unhashed(arguments.app)).template.to_dict()
    stack = arguments.stack_name or stack_name(arguments.app)
    if arguments.service_role:
        role = service_role_template(template, stack=stack, bucket=arguments.bucket).to_dict()
        return _write(arguments.output, {f"{stack}.service-role.template.json": role})
    place = Place(stack=stack, region=arguments.region, account=arguments.account, bucket=arguments.bucket)
    statements = caller_policy(template, place, role_arn=arguments.role_arn)
    parts = split(statements)
    if arguments.output:
        return _write(
            arguments.output, {f"{stack}.{n}.policy.json": encode_to_dict(part) for n, part in enumerate(parts, 1)}
        )
    _write(None, {"": encode_to_dict(document(statements))})
    if len(parts) > 1:
        print(f"longer than a managed policy: --output FOLDER writes it as {len(parts)} of them", file=sys.stderr)
    return 0


def _write(folder: Path | None, documents: dict[str, Any]) -> int:
    for name, content in documents.items():
        text = indented(content) + "\n"
        if folder is None:
            print(text, end="")
        else:
            write_atomically(folder / name, text.encode())
            print(folder / name)
    return 0
