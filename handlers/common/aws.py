"""Clients of AWS services, by botocore alone: what boto3 puts on top is not used here, and costs each cold start."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import boto3

    # botocore's clients have the same methods; their types are described under this name alone.
    make_client = boto3.client
else:
    from botocore.session import Session

    _session = Session()

    def make_client(service_name, *, config=None):
        """Return a client of the service, with the function's own region and credentials."""
        return _session.create_client(service_name, config=config)
