"""Routes as values: the OpenAPI document, API Gateway's body and the stack's wiring are made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .schemas import Schema


class Response(NamedTuple):
    """The response of a route that did what was requested; ``schema`` is the name of its body's schema."""

    status: int
    schema: str
    description: str


class Route(NamedTuple):
    """A method (in upper case) of a path, and what goes in and out there.

    ``request`` is the name of the body's schema, and empty where there is none; ``parameters`` are names of headers and
    of parts of the path. ``errors`` are the statuses beyond those that every route may respond with.
    """

    method: str
    path: str
    operation_id: str
    summary: str
    response: Response
    request: str = ""
    parameters: tuple[str, ...] = ()
    errors: tuple[int, ...] = ()


class Contract(NamedTuple):
    """An application's routes, and what the names in them stand for: OpenAPI's schemas and parameters."""

    title: str
    routes: tuple[Route, ...]
    schemas: Mapping[str, Schema]
    parameters: Mapping[str, Schema] = {}

    def methods_by_path(self) -> dict[str, list[Route]]:
        """Return the routes of each path."""
        paths: dict[str, list[Route]] = {}
        for route in self.routes:
            paths.setdefault(route.path, []).append(route)
        return paths


GET_STATUS = Route(
    "GET",
    "/status",
    operation_id="getStatus",
    summary="Whether the model is ready",
    response=Response(200, "EndpointStatus", "The endpoint's state"),
)
"""The route that every application has."""
