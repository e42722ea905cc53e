"""The codes of quotas that are shipped."""

from __future__ import annotations

import re

from genai_templates.aws.preflight.service_quotas import known_codes


def test_codes_have_the_form_of_service_quotas_and_no_two_quotas_have_the_same() -> None:
    codes = [code for names in known_codes().values() for code in names.values()]
    assert all(re.fullmatch(r"L-[0-9A-F]{8}", code) for code in codes)
    assert len(set(codes)) == len(codes)
