from __future__ import annotations

import ast
import json

import pytest

from genai_templates.embedded.status_notebook import status_notebook
from genai_templates.model import WIRE_FORMATS

CODECS = list(WIRE_FORMATS)


@pytest.mark.parametrize("codec", CODECS)
def test_the_notebook_has_the_form_that_jupyter_reads(codec: str) -> None:
    notebook = json.loads(status_notebook(codec))
    assert set(notebook) == {"cells", "metadata", "nbformat", "nbformat_minor"}
    # From 4.5 on every cell would need an id.
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 4)
    for cell in notebook["cells"]:
        keys = {"cell_type", "metadata", "source"}
        assert set(cell) == (keys if cell["cell_type"] == "markdown" else keys | {"execution_count", "outputs"})
        assert all(isinstance(line, str) for line in cell["source"])


@pytest.mark.parametrize("codec", CODECS)
def test_every_code_cell_is_python(codec: str) -> None:
    cells = [cell for cell in json.loads(status_notebook(codec))["cells"] if cell["cell_type"] == "code"]
    assert len(cells) == 3
    for cell in cells:
        ast.parse("".join(cell["source"]), feature_version=(3, 9))
        assert "@" not in "".join(cell["source"])
