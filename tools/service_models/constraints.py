"""What a model says of single values: type, enum, length, range, pattern."""

import base64
import binascii
import re
from email.utils import parsedate_to_datetime

from botocore.model import Shape

import patterns
from deviations import Report

_BITS = {"integer": 32, "long": 64, "short": 16, "byte": 8}
_INTEGER = re.compile(r"-?[0-9]+")
_FLOAT = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?|NaN|-?Infinity")
_ISO8601 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def check_size(report: Report, path: str, shape: Shape, size: int) -> None:
    """Checks the length of a text, a list, a map or bytes."""
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        report.add(path, "length", size, f"at least {least}")
    if most is not None and size > most:
        report.add(path, "length", size, f"at most {most}")


def check_string(report: Report, path: str, shape: Shape, text: str) -> None:
    """Checks a text."""
    values = shape.metadata.get("enum")
    if values:
        if text not in values:
            report.add(path, "enum", text, _some_of(values))
        return
    check_size(report, path, shape, len(text))
    pattern = shape.metadata.get("pattern")
    if pattern and not patterns.matches(pattern, text):
        report.add(path, "pattern", text, pattern)


def _some_of(values: list[str]) -> str:
    shown = ", ".join(values[:8])
    return f"one of {len(values)}: {shown}…" if len(values) > 8 else f"one of {shown}"


def check_number(report: Report, path: str, shape: Shape, number: float) -> None:
    """Checks a number's range."""
    bits = _BITS.get(shape.type_name)
    if bits and not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
        report.add(path, "range", number, f"{bits} bits")
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and number < least:
        report.add(path, "range", number, f"at least {least}")
    if most is not None and number > most:
        report.add(path, "range", number, f"at most {most}")


def check_text(report: Report, path: str, shape: Shape, text: str, timestamps: str) -> None:
    """Checks what stands as text in XML, a form, a header or a path.

    `timestamps` is the protocol's format of a timestamp whose shape has none of its own.
    """
    match shape.type_name:
        case "string" | "char":
            check_string(report, path, shape, text)
        case "boolean":
            if text not in ("true", "false"):
                report.add(path, "type", text, "true or false")
        case "integer" | "long" | "short" | "byte":
            if _INTEGER.fullmatch(text):
                check_number(report, path, shape, int(text))
            else:
                report.add(path, "type", text, "an integer")
        case "float" | "double" | "bigdecimal":
            if _FLOAT.fullmatch(text):
                check_number(report, path, shape, float(text))
            else:
                report.add(path, "type", text, "a number")
        case "timestamp":
            check_timestamp(report, path, shape.serialization.get("timestampFormat", timestamps), text)
        case "blob":
            check_base64(report, path, shape, text)
        case other:
            report.add(path, "type", text, f"a {other}")


def check_base64(report: Report, path: str, shape: Shape, text: str) -> None:
    """Checks bytes that are written as text."""
    try:
        content = base64.b64decode(text, validate=True)
    except binascii.Error:
        report.add(path, "type", text, "Base64")
    else:
        check_size(report, path, shape, len(content))


def check_timestamp(report: Report, path: str, form: str, text: str) -> None:
    """Checks a timestamp that is written as text."""
    match form:
        case "iso8601":
            is_one = _ISO8601.fullmatch(text) is not None
        case "rfc822":
            try:
                is_one = text.endswith(" GMT") and parsedate_to_datetime(text) is not None
            except ValueError:
                is_one = False
        case _:
            is_one = _FLOAT.fullmatch(text) is not None
    if not is_one:
        report.add(path, "timestamp", text, form)
