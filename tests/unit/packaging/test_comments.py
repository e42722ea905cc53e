"""Scripts and styles without comments do what they did."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from genai_templates.errors import PackagingError
from genai_templates.packaging.comments import without_comments
from genai_templates.packaging.javascript_tokens import read_tokens
from genai_templates.sources import static_root

_FILES = sorted(path for path in static_root().rglob("*.*") if path.suffix in (".js", ".css"))


@pytest.mark.parametrize(
    ("source", "published"),
    [
        ("one(); // of two\ntwo();\n", "one();  \ntwo();\n"),
        ("return /* none */ 1;", "return   1;"),
        ("return /* none,\n really */ 1;", "return \n 1;"),
        ('url = "https://example.com"; // not a comment before', 'url = "https://example.com";  '),
        ("text = `// ${a /* b */} /* c */`;", "text = `// ${a  } /* c */`;"),
        ("pattern = /[/*]/; // why", "pattern = /[/*]/;  "),
    ],
)
def test_a_script_loses_its_comments_and_keeps_its_lines(source: str, published: str) -> None:
    assert without_comments("a.js", source.encode()).decode() == published


def test_a_style_loses_its_comments_and_keeps_its_strings() -> None:
    source = b"""/* of\nall */ a::before { content: "/* no */"; } b { c: '\\'/*'; } /* end */"""
    assert without_comments("a.css", source) == b"""\n a::before { content: "/* no */"; } b { c: '\\'/*'; }  """


def test_anything_else_stays_as_it_is() -> None:
    assert without_comments("icon.svg", b"<svg>/* \xff */</svg>") == b"<svg>/* \xff */</svg>"


def test_a_script_that_cannot_be_read_is_an_error_with_its_line() -> None:
    with pytest.raises(PackagingError, match=r"^line 2: "):
        without_comments("a/b.js", b"one();\n/* two")


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.relative_to(static_root()).as_posix())
def test_the_pages_files_keep_all_else(path: Path) -> None:
    source = path.read_bytes()
    published = without_comments(path.name, source)
    assert published.count(b"\n") == source.count(b"\n")
    if path.suffix == ".js":
        assert read_tokens(published.decode()) == read_tokens(source.decode())
        checked = ["node", "--input-type=module", "--check"]
        subprocess.run(checked, input=published, check=True, capture_output=True)
    assert b"/*" not in published
