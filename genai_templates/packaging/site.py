"""The files of an application's page, as they are published.

All but ``index.html`` go into a folder that has their hash in its name, so that browsers may keep them for
good and a page never meets the scripts of another version.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from ..errors import PackagingError
from ..sources import read_files, static_root

_REFERENCE_TO_ASSET = re.compile(rb"""(?<=["'])(?:\./)?assets/([^"'?#]+)""")
_HASH_DIGITS = 12


def site_files(app: str) -> dict[str, bytes]:
    """Return the files of the page of an application: path in the site to content.

    Raises PackagingError when a file that the page needs is missing.
    """
    root = static_root()
    page = read_files(root / app)
    index = page.pop("index.html", None)
    if index is None:
        raise PackagingError(f"{root / app} has no index.html")
    return _published(index, page | read_files(root / "shared", "shared/"), origin=str(root / app))


def _published(index: bytes, assets: Mapping[str, bytes], *, origin: str) -> dict[str, bytes]:
    folder = f"assets-{_content_hash(assets)}/"
    referred = {match.decode() for match in _REFERENCE_TO_ASSET.findall(index)}
    missing = sorted(referred - assets.keys())
    if missing or not referred:
        raise PackagingError(
            f"index.html in {origin} refers to "
            + (", ".join(missing) + ", which is not there" if missing else "no asset")
        )
    pointed = _REFERENCE_TO_ASSET.sub(folder.encode() + rb"\1", index)
    return {"index.html": pointed} | {folder + path: content for path, content in assets.items()}


def _content_hash(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for path, content in sorted(files.items()):
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:_HASH_DIGITS]
