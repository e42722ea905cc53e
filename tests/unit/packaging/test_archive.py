from __future__ import annotations

import hashlib
import io
import stat
import zipfile
import zlib
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genai_templates.errors import PackagingError
from genai_templates.packaging.archive import Member, read_members, zip_bytes

_NAMES = st.text(st.characters(exclude_characters="/\\:\0", exclude_categories=["Cs"]), min_size=1, max_size=20)
_PATHS = st.lists(_NAMES.filter(lambda name: name not in (".", "..")), min_size=1, max_size=4).map("/".join)
_FILES = st.dictionaries(_PATHS, st.binary(max_size=300), max_size=8)


def _stored(files: dict[str, bytes]) -> dict[str, Member]:
    return {path: Member.stored(content) for path, content in files.items()}


def _unzipped(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        return {info.filename: opened.read(info) for info in opened.infolist()}


@given(_FILES)
def test_what_goes_in_comes_out(files: dict[str, bytes]) -> None:
    assert _unzipped(zip_bytes(_stored(files))) == files


@given(_FILES, st.randoms())
def test_the_order_of_the_files_does_not_matter(files: dict[str, bytes], random: Random) -> None:
    shuffled = list(files.items())
    random.shuffle(shuffled)
    assert zip_bytes(_stored(dict(shuffled))) == zip_bytes(_stored(files))


@given(_FILES)
def test_files_of_a_compressed_archive_keep_their_compressed_bytes(files: dict[str, bytes]) -> None:
    source = io.BytesIO()
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("a folder")
        for path, content in files.items():
            archive.writestr(path, content)
    members = read_members(source)
    assert {path: member.method for path, member in members.items()} == dict.fromkeys(files, zipfile.ZIP_DEFLATED)
    assert all(zlib.decompress(members[path].raw, -15) == content for path, content in files.items())
    assert _unzipped(zip_bytes(members)) == files


def test_every_file_has_the_same_date_and_is_readable_by_everyone() -> None:
    archive = zip_bytes(_stored({"b/two.py": b"2", "a.py": b"1"}))
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        infos = opened.infolist()
    assert [info.filename for info in infos] == ["a.py", "b/two.py"]
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert {info.external_attr >> 16 for info in infos} == {stat.S_IFREG | 0o644}
    assert {info.create_system for info in infos} == {3}


def test_the_bytes_are_fixed_for_all_time() -> None:
    archive = zip_bytes(_stored({"a.py": b"x = 1\n"}))
    assert hashlib.sha256(archive).hexdigest() == "38b5ad590d84b574bd56c7a4fb3026836d2ac81978eea29849a2c67e77d23ed7"


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../up.py", "a/../b", "a//b", "a/", "./a", ".", "", "a\\b", "c:/d", "nul\0", "\ud800"]
)
def test_a_path_that_is_not_plain_and_relative_is_refused(path: str) -> None:
    with pytest.raises(PackagingError, match="cannot be a path in an archive"):
        zip_bytes({path: Member.stored(b"")})


def test_a_path_that_the_format_cannot_hold_is_refused() -> None:
    with pytest.raises(PackagingError, match="65536 bytes"):
        zip_bytes({"a" * 65_536: Member.stored(b"")})


def test_more_files_than_the_format_can_count_are_refused() -> None:
    with pytest.raises(PackagingError, match="65535 files, not 65536"):
        zip_bytes(dict.fromkeys((str(number) for number in range(65_536)), Member.stored(b"")))


def test_a_damaged_archive_is_refused() -> None:
    with pytest.raises(PackagingError, match="damaged"):
        read_members(io.BytesIO(zip_bytes(_stored({"a.py": b"1"}))[:-30]))


def test_a_compression_that_lambda_does_not_read_is_refused() -> None:
    source = io.BytesIO()
    with zipfile.ZipFile(source, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.py", b"1" * 100)
    with pytest.raises(PackagingError, match=r"'a\.py' is compressed"):
        read_members(source)
