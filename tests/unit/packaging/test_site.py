from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from genai_templates.errors import PackagingError
from genai_templates.limits import REQUEST_LIMITS
from genai_templates.packaging import site
from genai_templates.packaging.site import site_files

_INDEX = """<link href="assets/style.css"><link href='./assets/shared/base.css'><script src="assets/app.js?x"></script>
<p>assets/ are not touched in text</p>"""


@pytest.fixture
def static(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    files = {"text/index.html": _INDEX, "text/app.js": "import './shared/api.js'", "text/style.css": "a{}"}
    for path, content in (files | {"shared/base.css": "b{}", "shared/api.js": "export {}"}).items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(content)
    monkeypatch.setattr(site, "static_root", lambda: tmp_path)
    return tmp_path


def _assets_folder(files: dict[str, bytes]) -> str:
    [folder] = {path.split("/")[0] for path in files if path != "index.html"}
    return folder


def test_assets_lie_under_their_hash_and_the_page_refers_to_them_there(static: Path) -> None:
    files = site_files("text")
    folder = _assets_folder(files)
    assert re.fullmatch("assets-[0-9a-f]{12}", folder)
    assert set(files) == {
        "index.html",
        *(f"{folder}/{name}" for name in ("app.js", "style.css", "shared/base.css", "shared/api.js")),
    }
    assert files["index.html"].decode() == (
        f"<link href=\"{folder}/style.css\"><link href='./{folder}/shared/base.css'>"
        f'<script src="{folder}/app.js?x"></script>\n<p>assets/ are not touched in text</p>'
    )


@pytest.mark.parametrize("path", ["text/app.js", "shared/api.js"])
def test_another_asset_gives_another_folder(static: Path, path: str) -> None:
    before = _assets_folder(site_files("text"))
    (static / path).write_text("changed")
    assert _assets_folder(site_files("text")) != before


def test_another_page_alone_keeps_the_folder(static: Path) -> None:
    before = _assets_folder(site_files("text"))
    (static / "text" / "index.html").write_text(_INDEX + "more")
    assert _assets_folder(site_files("text")) == before


def test_a_reference_to_nothing_is_an_error(static: Path) -> None:
    (static / "text" / "app.js").unlink()
    with pytest.raises(PackagingError, match=r"refers to app\.js, which is not there"):
        site_files("text")


def test_a_page_without_assets_is_an_error(static: Path) -> None:
    (static / "text" / "index.html").write_text("<p>")
    with pytest.raises(PackagingError, match="refers to no asset"):
        site_files("text")


def test_a_missing_page_is_an_error(static: Path) -> None:
    (static / "text" / "index.html").unlink()
    with pytest.raises(PackagingError, match=r"has no index\.html"):
        site_files("text")


def test_the_page_gets_the_limits_of_the_api(static: Path) -> None:
    page = (
        '<input max="{{maxSteps}}">{{maxSteps:,}} of {{share}}{{other}<script src="assets/app.js">{{limits}}</script>'
    )
    (static / "text" / "index.html").write_text(page)
    published = site_files("text", limits={"maxSteps": 20_000, "share": 0.5})["index.html"].decode()
    assert published.startswith('<input max="20000">20,000 of 0.5{{other}')
    assert published.endswith('>{"maxSteps": 20000, "share": 0.5}</script>')


def test_by_default_the_limits_are_those_of_the_application(static: Path) -> None:
    (static / "text" / "index.html").write_text(_INDEX + "{{limits}}")
    assert site_files("text")["index.html"].decode().endswith(json.dumps(REQUEST_LIMITS["text"], sort_keys=True))


def test_a_limit_that_nobody_has_is_an_error(static: Path) -> None:
    (static / "text" / "index.html").write_text(_INDEX + "{{maxWishes}}")
    with pytest.raises(
        PackagingError, match=r"index\.html in .*text names the limit maxWishes, which limits\.json does"
    ):
        site_files("text")


@pytest.mark.parametrize(
    "reference",
    [
        "<script type=module src=assets/app.js></script>",
        '<script type="module" src=assets/gone.js></script>',
        '<script TYPE="Module" src=" ./assets/app.js"></script>',
        '<script type="module" src="app.js"></script>',
        '<script type="module" src="https://cdn.example/app.js"></script>',
        "<link rel=stylesheet href=./assets/style.css>",
    ],
)
def test_a_reference_that_would_not_be_found_once_published_is_an_error(static: Path, reference: str) -> None:
    (static / "text" / "index.html").write_text(_INDEX + reference)
    with pytest.raises(PackagingError, match=r'index\.html in .* refers to .*; write it as "assets/PATH", in quotes'):
        site_files("text")


def test_an_import_in_the_page_itself_stays_relative(static: Path) -> None:
    (static / "text" / "index.html").write_text('<script type="module">import "./assets/app.js"</script>')
    files = site_files("text")
    expected = f'<script type="module">import "./{_assets_folder(files)}/app.js"</script>'
    assert files["index.html"].decode() == expected


_WITH_MODULES = """<script src="assets/plain.js"></script>
<script type="module" src="./assets/app.js"></script>
  <!-- modulepreload -->
</head>"""


def _write(static: Path, **modules: str) -> None:
    """Make a page of these modules: name to text; ``shared_x`` is ``shared/x``."""
    (static / "text" / "index.html").write_text(_WITH_MODULES)
    for name, text in modules.items():
        path = f"{name.replace('_', '/')}.js"
        (static / (path if path.startswith("shared/") else f"text/{path}")).write_text(text)


def _preloads(static: Path) -> list[str]:
    """Return the modules that the published page announces, without their folder."""
    files = site_files("text")
    hrefs = re.findall(
        '  <link rel="modulepreload" fetchpriority="low" href="([^"]+)">\n', files["index.html"].decode()
    )
    assert all(href in files for href in hrefs)
    return [href.split("/", 1)[1] for href in hrefs]


def test_each_module_that_is_imported_anywhere_is_announced_once_where_the_page_says(static: Path) -> None:
    _write(
        static,
        plain="import './view.js'",
        app="import { a } from './view.js';\nimport './shared/api.js';",
        view="export * from './state.js'; import * as api from './shared/api.js';",
        state="",
        unused="import './app.js'",
        shared_api="import { b } from './dom.js'; import './../shared/dom.js';",
        shared_dom="import { call } from './api.js'; // a circle is no trap",
    )
    assert _preloads(static) == ["shared/api.js", "shared/dom.js", "state.js", "view.js"]
    assert "<!--" not in site_files("text")["index.html"].decode()


def test_a_page_without_imports_has_nothing_to_announce(static: Path) -> None:
    _write(static, plain="", app="// import './view.js'")
    assert _preloads(static) == []


@pytest.mark.parametrize("specifier", ["./gone.js", "../../api.js", "lodash", "https://cdn.example/x.js", "/view.js"])
def test_an_import_of_what_is_not_there_is_an_error(static: Path, specifier: str) -> None:
    _write(static, plain="", app="import './view.js'", view=f"import x from '{specifier}'")
    with pytest.raises(
        PackagingError, match=rf"view\.js of the page in .*text imports '{specifier}', which is not there"
    ):
        site_files("text")


def test_a_module_that_cannot_be_read_is_an_error_with_its_name_and_line(static: Path) -> None:
    _write(static, plain="", app="import './view.js'", view="\nconst text = `")
    with pytest.raises(PackagingError, match=r"^view\.js of the page in .*text: line 2: ` has no end"):
        site_files("text")
