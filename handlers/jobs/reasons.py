"""What a person reads of a job that was given up."""

from __future__ import annotations

RETRIES_EXHAUSTED = ("retries_exhausted", "The job could not be finished, even when tried again.")
EXPIRED = ("expired", "The job waited too long for the model; please try again later.")

# By the name of the error that every try ended with.
_CAUSES = {
    "FilterUnavailable": "The content filter could not be reached; please try again later.",
    "JobIsRunning": "The work on the job broke off; please try again.",
    "ModelAccessDenied": "The account has no access to the model; whoever runs this application has to ask for it.",
    "ModelFailed": "The model failed, even when tried again; please try again later.",
    "ModelNotReady": "The model was not ready; please try again when it is.",
    "ModelTimeout": "The model did not answer in time; please ask for less at once.",
    "TooManyRequests": "The model had too much to do; please try again later.",
}


def cause_of(error_name: str, otherwise: str) -> str:
    """Return what an error of this name means to the person whose job it ended, or the other text."""
    return _CAUSES.get(error_name, otherwise)
