"""One emulator for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from genai_templates.local.emulator import Emulator
from tests.lifecycle.deployment import ARTIFACTS, Aws


@pytest.fixture(scope="session")
def aws() -> Iterator[Aws]:
    """An emulated AWS that holds a bucket for templates and nothing else."""
    with Emulator() as emulator:
        aws = Aws(emulator)
        aws.s3.create_bucket(Bucket=ARTIFACTS)
        yield aws
