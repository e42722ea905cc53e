"""The handlers' logger. Lambda writes its records as JSON, with what is passed as ``extra``.

A prompt is never logged whole: its length is enough to find a request again.
"""

from __future__ import annotations

import logging

logger = logging.getLogger("genai_templates")
logger.setLevel(logging.INFO)
