"""``python -m genai_templates``: the same as the command ``genai-templates``."""

from __future__ import annotations

import sys

from .cli import main

sys.exit(main())
