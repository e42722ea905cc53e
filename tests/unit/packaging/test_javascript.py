from __future__ import annotations

import json
import subprocess
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genai_templates.errors import PackagingError
from genai_templates.packaging.javascript import static_imports
from genai_templates.sources import static_root


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


_BEFORE_A_REGULAR_EXPRESSION = [
    *("", "if (x) ", "while (f(x)) ", "for (;;) ", "for (const y of z) ", "for await (const y of z) "),
    *("if (x) {} else ", "do ", "{}\n", "if (x) {}\n", "function f() {}\n", "class A { if() {} }\n", "label: {}\n"),
    *("switch (x) { case 1: {} }\n", "x = () => {}\n", "export {};\n", "throw ", "typeof ", "new ", "x instanceof "),
    *("x = ", "x = y ? 1 : ", "[...", "f(", "`${", "x = {a: ", "!", "export default ", "await ", "case_ < "),
]
_CLOSE = {"[...": "]", "f(": ")", "`${": "}`", "x = {a: ": "}", "do ": "\nwhile (x)"}
_REGULAR_EXPRESSIONS = ["/`/", '/"/g', "/'/", "/[/`]/", r"/\/`/", "/[}]/", "/[(]/", "/`${/"]
_BEFORE_A_DIVISION = [
    *("x", "f(x)", "x[0]", "({})", "x++", "x--", "1.", ".5", "x.return", "x.if(y)", "x?.new", "'x'", "`x`", "`${x}`"),
    *("/x/", "x = {a: 1}", "x = {a: {b: 1}}", "`${{a: 1}}`", "(function () {})", "(() => {})()", "x = [{}]"),
]
_STATEMENTS = [
    f"{before}{literal}{_CLOSE.get(before, '')};\n"
    for before in _BEFORE_A_REGULAR_EXPRESSION
    for literal in _REGULAR_EXPRESSIONS
] + [f"{before} / 2;" for before in _BEFORE_A_DIVISION]
_NODE = """
import { readFileSync } from "node:fs";
import { SourceTextModule } from "node:vm";
const imports = (source) => {
  const module = new SourceTextModule(source);
  return module.moduleRequests?.map((each) => each.specifier) ?? module.dependencySpecifiers;
};
console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(imports)));
"""


def test_a_slash_is_read_as_node_reads_it() -> None:
    sources = [f'{each} import "./a.js"; {other} / 2;' for each in _STATEMENTS for other in ("x", "'`'")]
    sources += [path.read_text() for path in static_root().rglob("*.js")]
    command = ["node", "--experimental-vm-modules", "--no-warnings", "--input-type=module", "--eval", _NODE]
    result = subprocess.run(command, input=json.dumps(sources), capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    for source, imports in zip(sources, json.loads(result.stdout), strict=True):
        assert static_imports(source) == imports, source


@given(
    st.lists(st.one_of(st.sampled_from(_STATEMENTS), st.sampled_from(["one", "two"]).map('import "./{}.js";'.format)))
)
def test_no_slash_hides_an_import(parts: list[str]) -> None:
    imports = [part.split('"')[1] for part in parts if part.startswith("import")]
    assert static_imports("".join(parts)) == list(dict.fromkeys(imports))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("\n'", "line 2: ' has no end"),
        ('x = "a\n"', 'line 1: " has no end'),
        ("`a", "line 1: ` has no end"),
        ("`a${", "line 1: ${ has no end"),
        ("`a\n${b}c\\", "line 2: ` has no end"),
        ("`a${b)}`", "line 1: ) has no beginning"),
        ("/* a", "line 1: /* has no end"),
        ("x = /a\n/", "line 1: / has no end"),
        ("f(\n{", "line 2: { has no end"),
        ("\n\n}", "line 3: } has no beginning"),
    ],
)
def test_what_is_not_complete_is_an_error_with_its_line(source: str, words: str) -> None:
    with pytest.raises(PackagingError) as caught:
        static_imports(source)
    assert words in str(caught.value)


@given(st.text() | st.text("ab \\/*`'\"$(){}[]\n"))
def test_any_text_is_read_or_refused(source: str) -> None:
    with suppress(PackagingError):
        static_imports(source)
