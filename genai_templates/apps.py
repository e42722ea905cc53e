"""The applications: what each is made of, in one object."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from .catalog import FALCON_7B_INSTRUCT, STABLE_DIFFUSION_V2

if TYPE_CHECKING:
    from .stacks.base import Stack


class App(NamedTuple):
    """An application.

    ``load_stack`` returns its stack's class, and loads that no sooner than it is needed; ``packages`` are those of
    ``handlers/`` that its functions are made of, ``wheels`` the packages that are bundled with them; its page is in the
    folder of ``static/`` that has its name.
    """

    name: str
    default_model: str
    load_stack: Callable[[], type[Stack]]
    packages: tuple[str, ...]
    wheels: tuple[str, ...] = ()


def _text_stack() -> type[Stack]:
    from .stacks.text import TextStack

    return TextStack


def _image_stack() -> type[Stack]:
    from .stacks.image import ImageStack

    return ImageStack


APPS: dict[str, App] = {
    app.name: app
    for app in (
        App("text", FALCON_7B_INSTRUCT, _text_stack, ("common", "text")),
        App("image", STABLE_DIFFUSION_V2, _image_stack, ("common", "jobs", "image"), wheels=("pillow",)),
    )
}
"""The applications by name, in the order in which they are built and shown."""
