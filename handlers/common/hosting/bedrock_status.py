"""The state of a model of Amazon Bedrock: nothing has to be started, and so there is nothing to look up."""

from __future__ import annotations


def connect() -> BedrockStatus:
    """Return the state of the model."""
    return BedrockStatus()


class BedrockStatus:
    """A model that is there; whether this account may call it shows when it is called."""

    def read(self) -> dict[str, object]:
        """Return ``ready``, ``state`` and ``endpoint_status``."""
        return {"ready": True, "state": "ready", "endpoint_status": "Available"}

    def wake(self) -> dict[str, object]:
        """Return the state as it is: models of Amazon Bedrock do not sleep."""
        return self.read()
