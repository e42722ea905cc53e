"""The stand-in models answer in the wire formats of the real ones."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import pytest
from PIL import Image

from genai_templates.local.invoke_endpoint import ModelResponse
from genai_templates.local.stand_in.model import invoke_model
from genai_templates.model import codecs_of
from handlers.image.codecs import load_codec as load_image_codec
from handlers.text.codecs import GenerationParameters
from handlers.text.codecs import load_codec as load_text_codec

TEXT = "A fox jumps. The fox jumps over a dog, and the fox is quick. It rained."


def invoke(accept: str = "application/json", **request: Any) -> ModelResponse:
    return invoke_model(json.dumps(request).encode(), accept)


def test_a_text_is_answered_with_a_list_of_one() -> None:
    (response,) = json.loads(invoke(inputs=f"Summarise this.\n\n{TEXT}", parameters={"max_new_tokens": 100}).body)
    assert response["generated_text"].startswith("A fox jumps.\n(")


def test_the_prompt_is_said_again_if_that_is_asked_for() -> None:
    (response,) = json.loads(invoke(inputs=TEXT, parameters={"return_full_text": True}).body)
    assert response["generated_text"].startswith(TEXT)


def test_an_answer_is_no_longer_than_was_asked_for() -> None:
    response = json.loads(invoke(inputs=TEXT, parameters={"max_new_tokens": 3}).body)
    assert len(response[0]["generated_text"]) <= 12


@pytest.mark.parametrize("parameters", [{"temperature": 0}, {"top_p": 1}, {"max_new_tokens": 2048}])
def test_parameters_out_of_range_are_refused_as_by_the_container(parameters: dict[str, Any]) -> None:
    assert invoke(inputs=TEXT, parameters=parameters).status == 422


def test_a_text_beyond_the_window_is_refused() -> None:
    assert invoke(inputs="word " * 1000, parameters={"max_new_tokens": 1}).status == 422


@pytest.mark.parametrize("name", codecs_of("text"))
def test_every_text_format_is_understood(name: str) -> None:
    codec = load_text_codec(name)
    request = codec.request(f"Summarise this.\n\n{TEXT}", GenerationParameters(100, 0.7, 0.9))
    text = codec.text(invoke(**request).body, "")
    assert text.startswith("A fox jumps.\n(")


@pytest.mark.parametrize("name", ["mistral", "llama-3", "chat-completions", "qwen-3"])
@pytest.mark.parametrize(("words", "parameters"), [(8000, (100, 0.7, 0.9)), (1, (100, -1.0, 0.9)), (1, (100, 0.7, 2))])
def test_a_large_models_container_refuses_as_documented(
    name: str, words: int, parameters: tuple[int, float, float]
) -> None:
    request = load_text_codec(name).request("word " * words, GenerationParameters(*parameters))
    response = invoke(**request)
    assert response.status == 424
    assert ("maximum context length is 8192" in response.body.decode()) is (words > 1)


@pytest.mark.parametrize("messages", [[], "text", [{"role": "user"}]])
def test_messages_that_are_none_are_refused(messages: object) -> None:
    assert invoke(messages=messages).status == 400


@pytest.mark.parametrize("name", codecs_of("image"))
def test_every_image_format_is_understood(name: str) -> None:
    codec = load_image_codec(name)
    settings = dict.fromkeys(["width", "height"], 64) | {"prompt": "a fox", "negative_prompt": "", "seed": 1}
    settings |= {"num_images": 1, "num_inference_steps": 8, "guidance_scale": 7.5}
    (image,) = codec.images(invoke(codec.ACCEPT, **codec.request(settings)).body, settings)
    assert (image.width, image.height) == (64, 64)


def images_of(response: ModelResponse) -> list[Any]:
    assert response.status == 200
    images: list[Any] = json.loads(response.body)["generated_images"]
    return images


def test_images_are_jpegs_when_they_are_accepted() -> None:
    response = invoke("application/json;jpeg", prompt="a fox", width=64, height=32, num_images_per_prompt=2)
    images = [Image.open(io.BytesIO(base64.b64decode(image))) for image in images_of(response)]
    assert [(image.format, image.size) for image in images] == [("JPEG", (64, 32))] * 2


def test_images_are_nested_arrays_otherwise() -> None:
    rows = images_of(invoke(prompt="a fox", width=64, height=32))[0]
    assert (len(rows), len(rows[0]), len(rows[0][0])) == (32, 64, 3)
    assert all(0 <= value <= 255 for row in rows for pixel in row for value in pixel)


def test_the_same_prompt_and_seed_give_the_same_image() -> None:
    first, again, other = (invoke(prompt="a fox", width=64, height=64, seed=seed).body for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_a_side_that_is_not_divisible_by_eight_is_refused() -> None:
    assert invoke(prompt="a fox", width=100).status == 400


@pytest.mark.parametrize(
    "request_",
    [
        {"width": 0},
        {"height": -8},
        {"num_images_per_prompt": 0},
        {"width": "wide"},
        {"seed": []},
        {"guidance_scale": {}},
    ],
)
def test_a_parameter_of_no_sense_is_refused(request_: dict[str, Any]) -> None:
    assert invoke(prompt="a fox", **request_).status == 400


def test_more_pixels_than_the_instance_has_memory_for_are_not_drawn() -> None:
    response = invoke(prompt="a fox", width=4096, height=4096, num_images_per_prompt=2)
    assert response.status == 500
    assert b"out of memory" in response.body


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": "a dog"},
        {"negative_prompt": "snow"},
        {"seed": 8},
        {"num_inference_steps": 5},
        {"guidance_scale": 15},
        {"height": 96},
    ],
)
def test_every_parameter_changes_the_image(change: dict[str, Any]) -> None:
    usual: dict[str, Any] = {"prompt": "a fox in a snowy forest", "width": 64, "height": 64, "seed": 7}
    assert images_of(invoke(**usual)) != images_of(invoke(**{**usual, **change}))


def test_images_of_one_request_differ() -> None:
    first, second = images_of(invoke(prompt="a fox", width=64, height=64, num_images_per_prompt=2))
    assert first != second


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b"7"])
def test_a_body_of_no_model_is_refused(body: bytes) -> None:
    assert invoke_model(body, "application/json").status == 400
