"""An account whose services respond as a test says: botocore's Stubber holds both sides to the service's own model."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from botocore.stub import Stubber

from genai_templates.aws.account import Account


class StubbedAccount(Account):
    """An account of which no call leaves this process: each is expected, with its parameters, and has its response."""

    def __init__(self, exits: ExitStack) -> None:
        super().__init__(region="eu-west-1")
        self._exits = exits
        self._stubs: dict[str, Stubber] = {}

    def stub(self, service: str) -> Stubber:
        """Return what the next calls of a service are expected and responded with."""
        if service not in self._stubs:
            self._stubs[service] = self._exits.enter_context(Stubber(self.client(service)))
        return self._stubs[service]

    def expect(self, service: str, operation: str, response: dict[str, Any], **parameters: Any) -> None:
        """Expect one call of this operation with these parameters."""
        self.stub(service).add_response(operation, response, parameters)

    def refuse(self, service: str, operation: str, code: str, message: str = "", *, status: int = 400) -> None:
        """Refuse the next call, which is expected to be of this operation."""
        self.stub(service).add_client_error(operation, code, message, http_status_code=status)

    def check(self) -> None:
        """Fail unless every expected call was made."""
        for stub in self._stubs.values():
            stub.assert_no_pending_responses()
