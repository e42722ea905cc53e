"""Any two choices of the image application go together; in a file of its own, as linting takes a worker long."""

from __future__ import annotations

from pathlib import Path

from tests.stacks.option_pairs import check_rows


def test_any_two_choices_go_together(tmp_path: Path) -> None:
    check_rows("image", tmp_path)
