"""Lines of logs as a person reads them: JSON of handlers, the API and Lambda becomes a sentence of fields."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

from ..aws.logs.lines import LogLine

_WRITTEN_BY_LAMBDA = ("timestamp", "level", "message", "logger", "location", "stackTrace", "errorType", "errorMessage")
_CONTROL = {"Cc", "Cs"}  # control characters, and halves of pairs, which cannot be printed
_MARK = "\N{REPLACEMENT CHARACTER}"
_LEVELS = {"CRITICAL": "bold red", "ERROR": "red", "FATAL": "bold red", "WARNING": "yellow", "WARN": "yellow"}


def readable(line: LogLine) -> str:
    """Return the message, without characters that a terminal would obey; it may have several lines."""
    record = line.record
    return printable(line.message if record is None else _sentence(record))


def printable(text: str) -> str:
    """Return the text with a mark in the place of each control character but the ends of lines and tabs."""
    return "".join(each if each in "\n\t" or unicodedata.category(each) not in _CONTROL else _MARK for each in text)


def style_of(line: LogLine) -> str:
    """Return the style of a line by its level, empty for an ordinary one."""
    return _LEVELS.get(str((line.record or {}).get("level", "")).upper(), "")


def _sentence(record: dict[str, Any]) -> str:
    if "_aws" in record:
        return _metrics(record)
    if "method" in record and "path" in record:
        return _access(record)
    if str(record.get("type", "")).startswith("platform."):
        inner = record.get("record")
        return _fields(f"{record['type']}", inner if isinstance(inner, dict) else {})
    if "message" in record:
        return _log_record(record)
    return _fields("", record)


def _log_record(record: dict[str, Any]) -> str:
    words = [str(record[name]) for name in ("level", "message") if record.get(name)]
    others = {name: value for name, value in record.items() if name not in _WRITTEN_BY_LAMBDA}
    text = _fields(" ".join(words), others)
    if "errorType" in record:
        frames = record.get("stackTrace")
        trace = "".join(map(str, frames)).rstrip("\n") if isinstance(frames, list) else ""
        raised = f"{record['errorType']}: {record.get('errorMessage', '')}"
        text = "\n".join(part for part in (text, trace, raised) if part)
    return text


def _metrics(record: dict[str, Any]) -> str:
    """Metrics in CloudWatch's embedded format; what happened is the operation."""
    others = {name: value for name, value in record.items() if name not in ("_aws", "Stack", "Operation")}
    return _fields(str(record.get("Operation", "metrics")), others)


def _access(record: dict[str, Any]) -> str:
    """A line of the API's access log."""
    others = {name: value for name, value in record.items() if name not in ("method", "path", "status", "time")}
    return _fields(f"{record['method']} {record['path']} {record.get('status', '')}", others)


def _fields(start: str, fields: dict[str, Any]) -> str:
    # API Gateway writes a hyphen for what there is not.
    pairs = [f"{name}={_value(value)}" for name, value in fields.items() if value not in ("", "-", None)]
    return " ".join([*([start] if start else []), *pairs])


def _value(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return json.dumps(text, ensure_ascii=False) if isinstance(value, str) and " " in value else text
