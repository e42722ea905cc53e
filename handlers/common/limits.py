"""What requests may ask for. The library has the same numbers, and a test that compares them."""

from __future__ import annotations

# Text: characters and tokens.
TEXT_MAX_CHARACTERS = 20_000
TEXT_PROMPT_MAX_CHARACTERS = 3_000
MAX_NEW_TOKENS = 512
DEFAULT_NEW_TOKENS = 200
TEMPERATURE_RANGE = (0.01, 2.0)
DEFAULT_TEMPERATURE = 0.7
TOP_P_RANGE = (0.01, 0.99)
DEFAULT_TOP_P = 0.9
# English has about four characters a token; three leave room for other texts.
CHARACTERS_PER_TOKEN = 3

# Images: characters, pixels, steps.
IMAGE_PROMPT_MIN_CHARACTERS = 10
IMAGE_PROMPT_MAX_CHARACTERS = 300
IMAGE_SIDE_RANGE = (256, 1024)
IMAGE_SIDE_MULTIPLE = 8
DEFAULT_IMAGE_SIDE = 512
MAX_INFERENCE_STEPS = 100
DEFAULT_INFERENCE_STEPS = 50
GUIDANCE_SCALE_RANGE = (1.0, 20.0)
DEFAULT_GUIDANCE_SCALE = 7.5
MAX_IMAGES = 4
MAX_SEED = 4_294_967_295
# The endpoint has 60 seconds: about four images of 512 x 512 pixels at 100 steps on one A10G.
MAX_PIXEL_STEPS = 104_857_600
IDEMPOTENCY_KEY_MAX_CHARACTERS = 128

MAX_BODY_BYTES = 256 * 1024
