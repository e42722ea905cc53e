"""The lifecycle script of the notebook, as text for ``Fn::Sub``.

The script carries the files of the deployment as bzip2 and base85: as plain text they alone are longer than a lifecycle
script may be. bzip2 and not zlib, because its one implementation gives the same bytes everywhere; the settings stay
readable, so that ``Fn::Sub`` can fill them in and people can see them.
"""

from __future__ import annotations

import ast
import base64
import bz2
import json
import re
from collections.abc import Mapping

from ..errors import InvalidOption
from ..limits import LIFECYCLE_SCRIPT
from . import read
from .status_notebook import status_notebook

_FILES = ("deployment_record.py", "deployment_log.py", "supervise.py", "deploy_model.py", "requirements.txt")
# Bytes kept for what Fn::Sub fills in: the wait condition's URL (at most 1,000), a role's ARN, the stack's name,
# another name, a few words.
_RESERVED_BYTES = 1_300
# Sixteen subnets and five security groups, as many as SageMaker takes, with the comma after each.
_VPC_BYTES = 21 * 25


def on_create_script(settings: Mapping[str, object], *, codec: str) -> str:
    """Return the script for ``Fn::Sub``, with these settings of ``deployment_record.Settings``.

    ``codec`` is the wire format of the model's endpoint, which the status notebook calls.

    Values may hold ``${LogicalId}`` and ``${AWS::Region}``; every other ``${`` is escaped. Raises InvalidOption when
    the settings are too long for a lifecycle script.
    """
    in_vpc = "subnets" in settings
    script = escape_sub(read("on_create.sh")).replace("@files@", _packed_files(codec, bare=in_vpc))
    script = script.replace("@settings@", json.dumps(settings, sort_keys=True))
    reserved = _RESERVED_BYTES + (_VPC_BYTES if in_vpc else 0)
    size = rendered_size(script + " " * reserved, {})
    if size > LIFECYCLE_SCRIPT.value:
        raise InvalidOption(
            f"the settings make a lifecycle script of {size} characters; {LIFECYCLE_SCRIPT.value} are allowed: "
            "shorten the model's environment or tags"
        )
    return script


def escape_sub(text: str) -> str:
    """Return the text so that ``Fn::Sub`` gives it back as it is."""
    return text.replace("${", "${!")


def render_sub(text: str, values: Mapping[str, str]) -> str:
    """Return what ``Fn::Sub`` makes of the text; a placeholder without a value stays as it is."""

    def fill(found: re.Match[str]) -> str:
        return "${" if found[1] is None else values.get(found[1], found[0])

    return re.sub(r"\$\{!|\$\{([^!}]+)\}", fill, text)


def rendered_size(text: str, values: Mapping[str, str]) -> int:
    """Return the length in characters of the text filled in and in base64, which is what SageMaker limits."""
    return len(base64.b64encode(render_sub(text, values).encode()))


def _packed_files(codec: str, *, bare: bool) -> str:
    # Base85 is shorter than base64; but its $ would begin a placeholder of Fn::Sub where { follows.
    files = {name: read(name) for name in _FILES} | {"deployment_status.ipynb": status_notebook(codec)}
    if bare:
        files = {name: without_docstrings(text) if name.endswith(".py") else text for name, text in files.items()}
    return base64.b85encode(bz2.compress(json.dumps(files, sort_keys=True).encode())).decode().replace("$", ",")


def without_docstrings(source: str) -> str:
    """Return a module without docstrings, but for those that are all there is of a body, and without lines of comment.

    So there is room for what the subnets of a model take.
    """
    lines: list[str] = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) and node.body[1:]:
            first = node.body[0]
            lines[first.lineno - 1 : first.end_lineno] = [""] * ((first.end_lineno or 0) - first.lineno + 1)
    return "".join(line for line in lines if not line.lstrip().startswith("#"))
