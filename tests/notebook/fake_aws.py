"""A fake AWS that other processes can call: moto's services, a wait condition and a shop without enough machines."""

from __future__ import annotations

import json
import os
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber
from moto.sagemaker.models import FakeEndpointConfig, SageMakerModelBackend, sagemaker_backends

ACCOUNT = "123456789012"
REGION = "us-east-1"

_CREDENTIAL = re.compile(r"Credential=[^/]+/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")


@dataclass
class FakeAws:
    """What the fake has and has not, and what it was asked.

    ``no_capacity`` and ``no_quota`` name instance types of endpoints; ``calls`` counts ``service:Operation``;
    ``signals`` are the bodies put to the wait condition, whose first ``lost_signals`` requests end in a 503.
    """

    url: str = ""
    no_capacity: set[str] = field(default_factory=set)
    no_quota: set[str] = field(default_factory=set)
    lost_signals: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    signals: list[dict[str, str]] = field(default_factory=list)
    signalled: threading.Event = field(default_factory=threading.Event)

    @property
    def sagemaker(self) -> SageMakerModelBackend:
        """What moto has made of SageMaker's resources."""
        return sagemaker_backends[ACCOUNT][REGION]

    @property
    def wait_url(self) -> str:
        """A pre-signed URL as a wait condition has it."""
        return f"{self.url}/wait-condition?Expires=1&Signature=%2Babc%3D"

    def environment(self) -> dict[str, str]:
        """What another process needs in its environment to call this AWS and no other."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def receive_signal(self, body: bytes) -> int:
        """Take what was put to the wait condition, and return the answer's status."""
        if self.lost_signals:
            self.lost_signals -= 1
            return 503
        self.signals.append(json.loads(body))
        self.signalled.set()
        return 200

    def response(self, request: AWSPreparedRequest, operation: str) -> tuple[int, dict[str, str], str | bytes]:
        """Let moto answer, except where an endpoint asks for what this AWS has not."""
        wanted = self._wanted_instance_type(request) if operation == "sagemaker:CreateEndpoint" else ""
        if wanted in self.no_quota:
            return 400, {}, json.dumps({"__type": "ResourceLimitExceeded", "message": _QUOTA.format(type=wanted)})
        response = BotocoreStubber().process_request(request)
        assert response is not None, f"moto does not know {operation}"
        if wanted in self.no_capacity:
            endpoint = self.sagemaker.endpoints[_content(request)["EndpointName"]]
            vars(endpoint).update(endpoint_status="Failed", failure_reason=_CAPACITY)
        return response

    def _wanted_instance_type(self, request: AWSPreparedRequest) -> str:
        config = self.sagemaker.endpoint_configs[_content(request)["EndpointConfigName"]]
        return str(config.production_variants[0]["InstanceType"])


def _content(request: AWSPreparedRequest) -> dict[str, str]:
    assert isinstance(request.body, bytes)
    return dict(json.loads(request.body))


_QUOTA = (
    "The account-level service limit '{type} for endpoint usage' is 0 Instances, with current utilization of 0 "
    "Instances and a request delta of 1 Instances. Please use AWS Service Quotas to request an increase."
)
_CAPACITY = (
    "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. "
    "Please retry using a different ML instance type or after some time."
)


@contextmanager
def running_aws() -> Iterator[FakeAws]:
    """Run the fake on a free port of this machine until the block ends."""
    aws = FakeAws()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path.startswith("/wait-condition?"):
                self._send(aws.receive_signal(body), {}, b"")
                return
            credential = _CREDENTIAL.search(self.headers.get("Authorization", ""))
            if credential is None:
                self._send(403, {}, b"only signed requests")
                return
            service, region = credential["service"], credential["region"]
            operation = f"{service}:{self._operation()}"
            aws.calls[operation] += 1
            headers = HTTPHeaders()
            for name, value in self.headers.items():
                headers[name] = value
            host = "api.sagemaker" if service == "sagemaker" else service
            url = f"https://{host}.{region}.amazonaws.com{self.path}"
            request = AWSPreparedRequest(self.command, url, headers, body, stream_output=False)
            self._send(*aws.response(request, operation))

        def _operation(self) -> str:
            if target := self.headers.get("X-Amz-Target"):
                return target.rpartition(".")[2]
            # S3 alone says it by method and path.
            is_object = re.fullmatch(r"/[^/?]+/[^?]+", self.path)
            return "GetObject" if self.command == "GET" and is_object else f"{self.command} {self.path}"

        def _send(self, status: int, headers: dict[str, str], body: str | bytes) -> None:
            content = body.encode() if isinstance(body, str) else body
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in {"content-length", "connection", "date", "server"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(headers.get("content-length", len(content))))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _handle

        def log_message(self, format: str, *args: object) -> None:
            """Keep the tests' output free of every request."""

    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        mock_aws(),
        ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server,
    ):
        # moto's list of instance types ends before ml.g5.
        monkeypatch.setattr(FakeEndpointConfig, "validate_instance_type", lambda self, instance_type: None)
        for name in [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL")]:
            monkeypatch.delenv(name)
        aws.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield aws
        server.shutdown()
