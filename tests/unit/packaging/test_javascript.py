from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genai_templates.packaging.javascript import static_imports


@pytest.mark.parametrize(
    "source",
    [
        'import "./a.js"',
        "import './a.js';",
        'import a from "./a.js"',
        'import * as a from "./a.js"',
        'import{a as b,c}from"./a.js"',
        'import a, { from } from "./a.js"',
        'import {\n  one, // from "./b.js"\n  two,\n} from "./a.js";',
        'import { default as a, "a name" as b } from "./a.js"',
        'export * from "./a.js"',
        'export * as a from "./a.js"',
        'export { a } from "./a.js"',
        'const half = 1 / 2; import "./a.js"; const other = 1 / 2',
        'const quote = /["\'`]/; import "./a.js"',
        'const text = `${`import "./b.js"` + "}"} import "./b.js"`; import "./a.js"',
        'import "./a.js"; import("./b.js"); import.meta.url',
    ],
)
def test_every_way_to_import_is_known(source: str) -> None:
    assert static_imports(source) == ["./a.js"]


@pytest.mark.parametrize(
    "source",
    [
        '// import "./a.js"',
        '/* import "./a.js"\n import "./b.js" */',
        "const text = 'import \"./a.js\"'",
        'const text = "\\" import \'./a.js\'"',
        'const text = `\n import "./a.js"\n`',
        'const text = `\\` import "./a.js"`',
        'const pattern = /import ".\\/a.js"/',
        'import("./a.js")',
        'loader.import("./a.js")',
        'export const from = "./a.js"',
        'export { from }; "./a.js"',
        'export default "./a.js"',
        "import",
        "`${",
        "'",
    ],
)
def test_what_only_looks_like_an_import_is_none(source: str) -> None:
    assert static_imports(source) == []


_WORDS = st.text("ab \\/*`'\"${}\n", max_size=20)
_HIDDEN = st.one_of(
    _WORDS.map(lambda text: "// " + text.replace("\n", " ") + "\n"),
    _WORDS.map(lambda text: "/* " + text.replace("*/", "") + " */"),
    _WORDS.map(lambda text: "x = '" + text.replace("\\", "").replace("'", "").replace("\n", "") + "';"),
    _WORDS.map(lambda text: "x = `" + text.replace("\\", "").replace("`", "").replace("${", "$") + "`;"),
)


@given(
    st.lists(st.one_of(_HIDDEN, st.sampled_from(["one", "two", "three"]).map(lambda name: f'import "./{name}.js";')))
)
def test_imports_are_found_in_their_order_whatever_is_between_them(parts: list[str]) -> None:
    imports = [part.split('"')[1] for part in parts if part.startswith("import")]
    assert static_imports("".join(parts)) == list(dict.fromkeys(imports))


@given(st.text())
def test_no_text_is_too_much(source: str) -> None:
    static_imports(source)
