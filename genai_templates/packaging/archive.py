"""Zip archives of which the bytes depend on nothing but the names and contents of their members.

``zipfile`` cannot give that on its own: it takes the date, mode and order of what it is handed, and
compresses with the zlib of the machine, whose output differs between builds (zlib, zlib-ng, Windows). So
members are sorted, dated 1 January 1980 and readable by everyone, and nothing is compressed here: a member is
stored as it is, or, when it comes from a pinned archive (a wheel), with the compressed bytes that it has
there.

The format is that of PKWARE's APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16, without Zip64.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import BinaryIO, NamedTuple

from ..errors import PackagingError

_VERSION_NEEDED = 20
_MADE_BY_UNIX = (3 << 8) | _VERSION_NEEDED
_NAMES_ARE_UTF8 = 0x800
_MIDNIGHT = 0
_1980_01_01 = (0 << 9) | (1 << 5) | 1
_REGULAR_FILE_0644 = 0o100644 << 16
_LOCAL_HEADER = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL_HEADER = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_MAX_MEMBERS = 0xFFFF
_MAX_BYTES = 0xFFFFFFFF


class Member(NamedTuple):
    """A file of an archive: its bytes as they lie in the zip, their method, the content's size and CRC."""

    raw: bytes
    method: int
    size: int
    crc: int

    @classmethod
    def stored(cls, content: bytes) -> Member:
        """Return a member that is stored without compression."""
        return cls(content, zipfile.ZIP_STORED, len(content), zlib.crc32(content))


def read_members(stream: BinaryIO) -> dict[str, Member]:
    """Return the files of a zip archive with their compressed bytes untouched, by name.

    Raises PackagingError for an archive that is damaged or compressed in another way than stored or deflated.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            return {info.filename: _raw_member(stream, info) for info in archive.infolist() if not info.is_dir()}
    except (zipfile.BadZipFile, struct.error) as error:
        raise PackagingError(f"an archive to take files from is damaged: {error}") from error


def zip_bytes(members: Mapping[str, Member]) -> bytes:
    """Return the zip archive of these members, by the path that each has in it.

    Raises PackagingError for a path that is absolute, leaves the archive, or is not in its plain form, and
    for more than 65,535 files or 4 GiB.
    """
    if len(members) > _MAX_MEMBERS:
        raise PackagingError(f"an archive may have {_MAX_MEMBERS} files, not {len(members)}")
    body = bytearray()
    directory = bytearray()
    for path, member in sorted(members.items()):
        name = _checked_name(path)
        shared = (_VERSION_NEEDED, _NAMES_ARE_UTF8, member.method, _MIDNIGHT, _1980_01_01, member.crc)
        sizes = (len(member.raw), member.size, len(name), 0)
        directory += _CENTRAL_HEADER.pack(
            b"PK\x01\x02", _MADE_BY_UNIX, *shared, *sizes, 0, 0, 0, _REGULAR_FILE_0644, len(body)
        )
        directory += name
        body += _LOCAL_HEADER.pack(b"PK\x03\x04", *shared, *sizes) + name + member.raw
        if len(body) + len(directory) > _MAX_BYTES:
            raise PackagingError(f"an archive may have {_MAX_BYTES} bytes; {path!r} goes beyond")
    end = _END.pack(b"PK\x05\x06", 0, 0, len(members), len(members), len(directory), len(body), 0)
    return bytes(body + directory + end)


def _checked_name(path: str) -> bytes:
    plain = PurePosixPath(path)
    forbidden = plain.is_absolute() or ".." in plain.parts or "\\" in path or ":" in path or "\0" in path
    if forbidden or str(plain) != path or path == ".":
        raise PackagingError(f"{path!r} cannot be a path in an archive: use one such as 'a/b.py'")
    try:
        name = path.encode()
    except UnicodeEncodeError:
        raise PackagingError(f"{path!r} cannot be a path in an archive: it is not text") from None
    if len(name) > 0xFFFF:
        raise PackagingError(f"{path[:40]!r}... cannot be a path in an archive: it has {len(name)} bytes")
    return name


def _raw_member(stream: BinaryIO, info: zipfile.ZipInfo) -> Member:
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise PackagingError(f"{info.filename!r} is compressed by a method that Lambda does not read")
    stream.seek(info.header_offset)
    header = _LOCAL_HEADER.unpack(stream.read(_LOCAL_HEADER.size))
    stream.seek(header[-2] + header[-1], 1)  # past the name and the extra field
    return Member(stream.read(info.compress_size), info.compress_type, info.file_size, info.CRC)
