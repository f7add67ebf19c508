"""JSON and CBOR against a shape."""

from datetime import datetime

from botocore.model import Shape

from constraints import check_base64, check_number, check_size, check_string, check_timestamp
from deviations import Report, within

_NOT_NUMBERS = ("NaN", "Infinity", "-Infinity")


def wire_name(name: str, shape: Shape) -> str:
    """The name of a member in a body."""
    return shape.serialization.get("name", name)


def in_body(shape: Shape) -> dict[str, Shape]:
    """The members of a structure that a body has, by their names on the wire."""
    return {
        wire_name(name, member): member
        for name, member in shape.members.items()
        if "location" not in member.serialization
    }


def required_in_body(shape: Shape) -> list[str]:
    """The names of the members which a body must have."""
    return [
        wire_name(name, shape.members[name])
        for name in shape.required_members
        if "location" not in shape.members[name].serialization
    ]


def check_value(report: Report, path: str, shape: Shape, value: object, *, cbor: bool) -> None:
    """Checks a value."""
    if getattr(shape, "is_document_type", False):
        return
    match shape.type_name, value:
        case "structure", dict():
            check_members(report, path, shape, value, cbor=cbor)
        case "list", list():
            check_size(report, path, shape, len(value))
            for item in value:
                check_value(report, f"{path}[]", shape.member, item, cbor=cbor)
        case "map", dict():
            check_size(report, path, shape, len(value))
            for key, item in value.items():
                check_value(report, f"{path}{{key}}", shape.key, key, cbor=cbor)
                check_value(report, f"{path}{{}}", shape.value, item, cbor=cbor)
        case "string" | "char", str():
            check_string(report, path, shape, value)
        case "boolean", bool():
            pass
        case ("integer" | "long" | "short" | "byte"), int() if not isinstance(value, bool):
            check_number(report, path, shape, value)
        case ("float" | "double"), int() | float() if not isinstance(value, bool):
            check_number(report, path, shape, value)
        case ("float" | "double"), str() if value in _NOT_NUMBERS and not cbor:
            pass
        case "timestamp", _:
            _check_timestamp(report, path, shape, value, cbor=cbor)
        case "blob", bytes() if cbor:
            check_size(report, path, shape, len(value))
        case "blob", str() if not cbor:
            check_base64(report, path, shape, value)
        case expected, _:
            was = "null" if value is None else f"{type(value).__name__} {value!r}"
            report.add(path, "type", was, expected)


def check_members(report: Report, path: str, shape: Shape, value: dict, *, cbor: bool) -> None:
    """Checks a structure."""
    members = in_body(shape)
    for name, member in value.items():
        if name in members:
            check_value(report, within(path, name), members[name], member, cbor=cbor)
        else:
            report.add(within(path, name), "unknown", member, f"no such member of {shape.name}")
    for name in required_in_body(shape):
        if name not in value:
            report.add(within(path, name), "missing", "missing", f"required in {shape.name}")


def _check_timestamp(report: Report, path: str, shape: Shape, value: object, *, cbor: bool) -> None:
    form = shape.serialization.get("timestampFormat", "unixTimestamp")
    if value is None:
        report.add(path, "timestamp", "null", form)
    elif cbor:
        if not isinstance(value, datetime):
            report.add(path, "timestamp", value, "tag 1")
    elif form == "unixTimestamp":
        if isinstance(value, bool) or not isinstance(value, int | float):
            report.add(path, "timestamp", value, "seconds since 1970 as a number")
    elif isinstance(value, str):
        check_timestamp(report, path, form, value)
    else:
        report.add(path, "timestamp", value, form)
