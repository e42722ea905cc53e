"""AWS's Large Model Inference containers: ``inputs`` and ``parameters``, then an object with ``generated_text``.

They take what Text Generation Inference takes, and need ``do_sample`` before version 0.32; an error amid the generation
is an empty text whose ``finish_reason`` is ``error``.
https://docs.djl.ai/docs/serving/serving/docs/lmi/user_guides/lmi_input_output_schema.html
"""

from __future__ import annotations

from handlers.common.errors import ModelFailed

from . import tgi
from .response import field, first, read_json
from .tgi import request

__all__ = ["request", "text"]


def text(body: bytes, prompt: str) -> str:
    """Return the generated text; raises ModelFailed for a response that has none."""
    details = field(first(read_json(body)), "details")
    if field(details, "finish_reason") == "error":
        raise ModelFailed("the model failed while it generated; try again")
    return tgi.text(body, prompt)
