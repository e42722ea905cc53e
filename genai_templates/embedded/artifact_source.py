"""The source of the function that brings a stack's artifacts along.

bzip2 and not zlib, because its one implementation gives the same bytes everywhere; base64 and not base85, whose letters
include those that CloudFormation and linters look for.
"""

from __future__ import annotations

import base64
import bz2
import json
from collections.abc import Mapping

from . import read

_PLACE = '{"@key@": "@artifact@"}'


def artifact_source(contents: Mapping[str, bytes]) -> str:
    """Return the source for these artifacts, by their S3 keys; the last of them holds the custom resources."""
    packed = {key: base64.b64encode(bz2.compress(content)).decode() for key, content in contents.items()}
    return read("publish_artifacts.py").replace(_PLACE, json.dumps(packed, indent=4), 1)
