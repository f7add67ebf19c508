"""Members that REST binds to the path, the query string and headers, against a shape."""

from botocore.model import Shape

from constraints import check_size, check_text
from deviations import Report
from rest_paths import Bound

# Headers with this beginning belong to a service.
_OF_AWS = "x-amz"
# They belong to the protocol or to the SDK, not to an operation.
_GENERAL = frozenset(
    (
        "x-amz-checksum-mode",
        "x-amz-decoded-content-length",
        "x-amz-id-2",
        "x-amz-request-id",
        "x-amz-sdk-checksum-algorithm",
        "x-amz-trailer",
        "x-amzn-errortype",
        "x-amzn-query-error",
        "x-amzn-query-mode",
        "x-amzn-requestid",
        "x-amzn-trace-id",
    )
)


def check_bound(report: Report, shape: Shape | None, bound: Bound) -> None:
    """Checks the path's labels and the query string."""
    members = _at(shape, "uri")
    for name, text in bound.labels.items():
        check_text(report, f"path {name}", members[name], text, "iso8601")
    members = _at(shape, "querystring")
    values: dict[str, list[str]] = {}
    for name, text in bound.query:
        values.setdefault(name, []).append(text)
    open_map = next((member for member in members.values() if member.type_name == "map"), None)
    for name, texts in values.items():
        path = f"query {name}"
        member = members.get(name)
        if member is None and open_map is None:
            report.add(path, "unknown", texts[0], "no such parameter")
        elif member is None:
            for text in texts:
                check_text(report, path, open_map.value, text, "iso8601")
        elif member.type_name == "list":
            check_size(report, path, member, len(texts))
            for text in texts:
                check_text(report, f"{path}[]", member.member, text, "iso8601")
        elif len(texts) > 1:
            report.add(path, "type", f"{len(texts)} parameters", "one")
        else:
            check_text(report, path, member, texts[0], "iso8601")
    _check_required(report, shape, "querystring", "query", set(values))


def check_headers(report: Report, shape: Shape | None, headers: dict[str, str]) -> None:
    """Checks the headers that members are bound to, and reports headers of no member."""
    members = {name.lower(): member for name, member in _at(shape, "header").items()}
    prefixes = tuple(name.lower() for name in _at(shape, "headers"))
    for name, text in headers.items():
        path = f"header {name}"
        if name in members:
            member = members[name]
            if member.type_name == "list":
                for item in text.split(","):
                    check_text(report, f"{path}[]", member.member, item.strip(), "rfc822")
            else:
                check_text(report, path, member, text, "rfc822")
        elif name.startswith(prefixes):
            continue
        elif name.startswith(_OF_AWS) and name not in _GENERAL:
            report.add(path, "unknown", text, "no such header")
    _check_required(report, shape, "header", "header", set(headers))


def _at(shape: Shape | None, location: str) -> dict[str, Shape]:
    if shape is None:
        return {}
    return {
        member.serialization.get("name", name): member
        for name, member in shape.members.items()
        if member.serialization.get("location") == location
    }


def _check_required(
    report: Report, shape: Shape | None, location: str, where: str, found: set[str]
) -> None:
    if shape is None:
        return
    for name in shape.required_members:
        serialization = shape.members[name].serialization
        wire = serialization.get("name", name)
        if location == "header":
            wire = wire.lower()
        if serialization.get("location") == location and wire not in found:
            report.add(f"{where} {wire}", "missing", "missing", f"required in {shape.name}")
