"""Inputs of a stack: its template, its artifacts, and the values that an emulated AWS gives to its parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import InvalidOption
from .emulator import Emulator
from .existing_parts import DOMAIN, make_certificate, make_network
from .notebook import deploy_endpoint

ARTIFACTS = "artifacts"
"""The bucket that templates and artifacts are put into, and the value of a parameter ``LambdaS3Bucket``."""

EXISTING_ENDPOINT = "stand-in"
"""An endpoint that exists before the stack, and the value of a parameter ``ExistingEndpointName``."""

_PROVIDED = {
    "LambdaS3Bucket": ARTIFACTS,
    "ExistingEndpointName": EXISTING_ENDPOINT,
    "MonthlyBudget": "100",
    "DomainName": DOMAIN,
}


def read_template(template: str | Path) -> str:
    """Return the JSON of a template, or of the file at its path; raises InvalidOption."""
    named = template if isinstance(template, Path) else "the text"
    try:
        text = template.read_text("utf-8") if isinstance(template, Path) else template
        document = json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidOption(f"{named} is not a template in JSON: {error}") from None
    if not isinstance(document, dict):
        raise InvalidOption(f"{named} is not a template in JSON: it is not an object")
    if not isinstance(document.get("Parameters", {}), dict):
        raise InvalidOption(f"{named} is not a template in JSON: its Parameters are not an object")
    return text


def declared_parameters(document: str) -> dict[str, Any]:
    """Return the parameters that a template, as ``read_template`` returns it, declares."""
    return dict(json.loads(document).get("Parameters", {}))


def provide_parameters(emulator: Emulator, missing: set[str]) -> dict[str, str]:
    """Return values for those of these parameters that an emulated AWS can provide, and create what they name.

    Those of an application that shares a template with others begin with its prefix.
    """
    values = dict(_PROVIDED)
    if any(name.endswith("CertificateArn") for name in missing):
        values["CertificateArn"] = make_certificate(emulator)
    if any(name.endswith("VpcId") for name in missing):
        network = make_network(emulator)
        values |= {"VpcId": network.vpc_id, "SubnetIds": ",".join(network.subnet_ids)}
    provided = {name: value for name in missing for end, value in values.items() if name.endswith(end)}
    if EXISTING_ENDPOINT in provided.values():
        deploy_endpoint(emulator.client("sagemaker"), EXISTING_ENDPOINT)
    return provided


def upload_artifacts(emulator: Emulator, template: str | Path, artifacts: Path | Mapping[str, bytes] | None) -> None:
    """Put artifacts into their bucket: from a mapping, a folder, or by default the folder that a build has made."""
    if artifacts is None and isinstance(template, Path):
        artifacts = template.resolve().parent.parent / "artifacts"
    if isinstance(artifacts, Path):
        files = [path for path in artifacts.rglob("*") if path.is_file()]
        artifacts = {path.relative_to(artifacts).as_posix(): path.read_bytes() for path in files}
    storage = emulator.client("s3")
    if ARTIFACTS not in {each["Name"] for each in storage.list_buckets()["Buckets"]}:
        storage.create_bucket(Bucket=ARTIFACTS)
    for key, content in (artifacts or {}).items():
        upload(emulator, key, content)


def upload(emulator: Emulator, key: str, content: bytes) -> str:
    """Put an object into the bucket of artifacts, and return its URL."""
    emulator.client("s3").put_object(Bucket=ARTIFACTS, Key=key, Body=content)
    return f"{emulator.url}/{ARTIFACTS}/{key}"
