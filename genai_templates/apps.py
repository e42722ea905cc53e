"""The applications: what each is made of, in one object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from .bedrock_catalog import NOVA_2_LITE, STABLE_IMAGE_CORE
from .catalog import FALCON_7B_INSTRUCT, STABLE_DIFFUSION_V2
from .options import Hosting

if TYPE_CHECKING:
    from .stacks.base import Stack


class App(NamedTuple):
    """An application.

    ``load_stack`` returns its stack's class, and loads that no sooner than it is needed; ``packages`` are those of
    ``handlers/`` that its functions are made of, ``wheels`` the packages that are bundled with them; its page is in the
    folder of ``static/`` that has its name. ``default_model`` is one of JumpStart, and ``default_models`` has those of
    hostings that have other models.
    """

    name: str
    default_model: str
    load_stack: Callable[[], type[Stack]]
    packages: tuple[str, ...]
    wheels: tuple[str, ...] = ()
    default_models: Mapping[Hosting, str] = {}

    def default_model_on(self, hosting: Hosting | None) -> str:
        """Return the id of the model that is hosted in this way when no other is chosen."""
        return next((model for each, model in self.default_models.items() if each is hosting), self.default_model)


def _text_stack() -> type[Stack]:
    from .stacks.text import TextStack

    return TextStack


def _image_stack() -> type[Stack]:
    from .stacks.image import ImageStack

    return ImageStack


APPS: dict[str, App] = {
    app.name: app
    for app in (
        App(
            "text",
            FALCON_7B_INSTRUCT,
            _text_stack,
            ("common", "text"),
            default_models={Hosting.BEDROCK: NOVA_2_LITE},
        ),
        App(
            "image",
            STABLE_DIFFUSION_V2,
            _image_stack,
            ("common", "jobs", "image"),
            wheels=("pillow",),
            default_models={Hosting.BEDROCK: STABLE_IMAGE_CORE},
        ),
    )
}
"""The applications by name, in the order in which they are built and shown."""
