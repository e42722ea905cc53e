"""The files of an application's page, as they are published.

All but ``index.html`` go into a folder that has their hash in its name, so that browsers may keep them for
good and a page never meets the scripts of another version. ``index.html`` gets the limits of the API, so that
no page has numbers of its own, and the list of all modules that its scripts import, so that a browser loads
them at once and not one after the other.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser

from ..errors import PackagingError
from ..limits import REQUEST_LIMITS
from ..sources import read_files, static_root
from .comments import without_comments
from .javascript import static_imports

_REFERENCE_TO_ASSET = re.compile(rb"""(?:(?<=["'])|(?<=["']\./))assets/([^"'?#]+)""")
# A limit by its name, in attributes as it is and in texts with commas, or all of them as JSON.
_LIMIT = re.compile(rb"\{\{(\w+)(:,)?\}\}")
_ALL_LIMITS = "limits"
# Here index.html gets its list of modules; a page without this line gets none.
_PLACE_OF_PRELOADS = re.compile(rb"^([ \t]*)<!-- modulepreload -->\n", re.MULTILINE)
_PRELOAD = '<link rel="modulepreload" fetchpriority="low" href="{path}">\n'
_HASH_DIGITS = 12


def site_files(app: str, *, limits: Mapping[str, float] | None = None) -> dict[str, bytes]:
    """Return the files of the page of an application: path in the site to content.

    ``limits`` are those of the API, by default the application's own. Raises PackagingError when a file or a limit that
    the page needs is missing.
    """
    root = static_root()
    page = read_files(root / app)
    index = page.pop("index.html", None)
    if index is None:
        raise PackagingError(f"{root / app} has no index.html")
    index = _with_limits(index, REQUEST_LIMITS.get(app, {}) if limits is None else limits, origin=str(root / app))
    assets = page | read_files(root / "shared", "shared/")
    origin = str(root / app)
    return _published(index, {path: _shortened(path, assets[path], origin=origin) for path in assets}, origin=origin)


def _shortened(path: str, content: bytes, *, origin: str) -> bytes:
    try:
        return without_comments(path, content)
    except PackagingError as error:
        raise PackagingError(f"{path} of the page in {origin}: {error}") from None


def _published(index: bytes, assets: Mapping[str, bytes], *, origin: str) -> dict[str, bytes]:
    folder = f"assets-{_content_hash(assets)}/"
    referred = {match.decode("utf-8", "replace") for match in _REFERENCE_TO_ASSET.findall(index)}
    missing = sorted(referred - assets.keys())
    if missing or not referred:
        raise PackagingError(
            f"index.html in {origin} refers to "
            + (", ".join(missing) + ", which is not there" if missing else "no asset")
        )
    pointed = _REFERENCE_TO_ASSET.sub(folder.encode() + rb"\1", index)
    modules = _module_scripts(pointed, folder, origin=origin)
    imported = sorted(_imported_modules(modules, assets, origin=origin) - modules)
    announced = _with_preloads(pointed, [folder + path for path in imported])
    return {"index.html": announced} | {folder + path: content for path, content in assets.items()}


def _with_limits(index: bytes, limits: Mapping[str, float], *, origin: str) -> bytes:
    def written(place: re.Match[bytes]) -> bytes:
        name = place[1].decode()
        if name == _ALL_LIMITS:
            return json.dumps(limits, sort_keys=True).encode()
        if name not in limits:
            raise PackagingError(f"index.html in {origin} names the limit {name}, which limits.json does not have")
        return (f"{limits[name]:,}" if place[2] else str(limits[name])).encode()

    return _LIMIT.sub(written, index)


def _with_preloads(index: bytes, paths: Sequence[str]) -> bytes:
    tags = [_PRELOAD.format(path=path).encode() for path in paths]
    return _PLACE_OF_PRELOADS.sub(lambda place: b"".join(place[1] + tag for tag in tags), index, count=1)


def _module_scripts(pointed: bytes, folder: str, *, origin: str) -> set[str]:
    """Return the modules that a page starts with, whose references point to this folder already.

    Raises PackagingError for a reference that does not: only those in quotes are found when they are pointed there.
    """
    page = _References()
    page.feed(pointed.decode("utf-8", "replace"))
    page.close()
    lost = [each for each in page.all if each.removeprefix("./").startswith("assets/")]
    lost += [each for each in page.modules if not each.removeprefix("./").startswith(folder)]
    if lost:
        raise PackagingError(f'index.html in {origin} refers to {lost[0]}; write it as "assets/PATH", in quotes')
    return {re.split("[?#]", each.removeprefix("./").removeprefix(folder))[0] for each in page.modules}


def _imported_modules(entries: set[str], assets: Mapping[str, bytes], *, origin: str) -> set[str]:
    """Return the entries and all modules that they import, directly and over others."""
    found: set[str] = set()
    waiting = sorted(entries)
    while waiting:
        module = waiting.pop()
        found.add(module)
        for specifier in static_imports(assets[module].decode("utf-8")):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(module), specifier))
            if not specifier.startswith(("./", "../")) or path not in assets:
                raise PackagingError(f"{module} of the page in {origin} imports {specifier!r}, which is not there")
            if path not in found:
                waiting.append(path)
    return found


class _References(HTMLParser):
    """What the tags of a page refer to, and which of it are the modules that the page starts with."""

    def __init__(self) -> None:
        super().__init__()
        self.all: list[str] = []
        self.modules: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: (value or "").strip() for name, value in attrs}
        self.all += [attributes[name] for name in ("src", "href") if name in attributes]
        if tag == "script" and attributes.get("type", "").lower() == "module" and "src" in attributes:
            self.modules.append(attributes["src"])


def _content_hash(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for path, content in sorted(files.items()):
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:_HASH_DIGITS]
