"""What a terminal shows of a command's output: text, with the control sequences that move the cursor carried out."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"\x1b\[([?\d;]*)([A-Za-z])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[=>78()][B0]?|[\r\n\b]|[^\x1b\r\n\b]+"
)


def plain(output: str) -> str:
    """Return the output without its control sequences, lines ended by a line feed alone."""
    text = re.sub(r"\x1b\[[?\d;]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)", "", output)
    return text.replace("\r\n", "\n")


class Screen:
    """The lines that a terminal of endless height has after an output; longer ones are not wrapped but kept whole."""

    def __init__(self, output: str = "") -> None:
        self.rows: list[str] = [""]
        self._row = self._column = 0
        for token in _TOKEN.finditer(output):
            self._take(token)

    @property
    def text(self) -> str:
        """The lines, without blanks at their ends."""
        return "\n".join(row.rstrip() for row in self.rows).rstrip()

    @property
    def width(self) -> int:
        """The length of the longest line."""
        return max(len(row.rstrip()) for row in self.rows)

    def _take(self, token: re.Match[str]) -> None:
        if token[2]:
            self._control(token[2], token[1])
        elif token[0] == "\r":
            self._column = 0
        elif token[0] == "\n":
            self._move(1)
            self._column = 0
        elif token[0] == "\b":
            self._column = max(0, self._column - 1)
        elif not token[0].startswith("\x1b"):
            row = self.rows[self._row].ljust(self._column)
            self.rows[self._row] = row[: self._column] + token[0] + row[self._column + len(token[0]) :]
            self._column += len(token[0])

    def _control(self, command: str, parameters: str) -> None:
        count = int(parameters) if parameters.isdecimal() else 1
        if command in "AB":
            self._move(-count if command == "A" else count)
        elif command in "CD":
            self._column = max(0, self._column + (count if command == "C" else -count))
        elif command == "G":
            self._column = count - 1
        elif command == "K":
            keep = 0 if parameters == "2" else self._column
            self.rows[self._row] = self.rows[self._row][:keep]
        elif command == "J":
            self.rows[self._row] = self.rows[self._row][: self._column]
            del self.rows[self._row + 1 :]

    def _move(self, rows: int) -> None:
        self._row = max(0, self._row + rows)
        self.rows.extend([""] * (self._row + 1 - len(self.rows)))
