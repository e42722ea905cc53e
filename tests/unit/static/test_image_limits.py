"""The image page's own copy of the API's limits."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from handlers.common import limits

_PAGES = (Path(__file__).parent / "pages.mjs").as_uri()


def test_the_page_has_the_limits_of_the_api() -> None:
    script = f"""const {{ page }} = await import({json.dumps(_PAGES)});
    console.log(JSON.stringify((await page("image/request.js")).LIMITS));"""
    result = subprocess.run(
        ["node", "--input-type=module", "--eval", script], capture_output=True, text=True, check=True
    )
    assert json.loads(result.stdout) == {
        "promptMinCharacters": limits.IMAGE_PROMPT_MIN_CHARACTERS,
        "promptMaxCharacters": limits.IMAGE_PROMPT_MAX_CHARACTERS,
        "minPixelsSide": limits.IMAGE_SIDE_RANGE[0],
        "maxPixelsSide": limits.IMAGE_SIDE_RANGE[1],
        "sideMultiple": limits.IMAGE_SIDE_MULTIPLE,
        "maxSteps": limits.MAX_INFERENCE_STEPS,
        "minGuidance": limits.GUIDANCE_SCALE_RANGE[0],
        "maxGuidance": limits.GUIDANCE_SCALE_RANGE[1],
        "maxImages": limits.MAX_IMAGES,
        "maxSeed": limits.MAX_SEED,
        "maxPixelSteps": limits.MAX_PIXEL_STEPS,
    }
