"""Which operation a REST path is of, and the members that are bound to it."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from botocore.model import OperationModel, ServiceModel

from recordings import Exchange

_LABEL = re.compile(r"\{([^}+]+)(\+?)\}")
# SDKs name the operation with it, so that a log shows it.
_OPERATION = "x-id"


@dataclass(frozen=True)
class Bound:
    """The labels of the path, and the parameters of the query string that are not fixed."""

    labels: dict[str, str]
    query: list[tuple[str, str]] = field(default_factory=list)


def find(service: ServiceModel, exchange: Exchange) -> tuple[OperationModel, Bound] | None:
    """The operation, and what its path holds; `None` if no operation has such a path."""
    path, _, query = exchange.path.partition("?")
    asked = parse_qsl(query, keep_blank_values=True)
    named = dict(asked).get(_OPERATION)
    asked = [pair for pair in asked if pair[0] != _OPERATION]
    candidates = []
    for name in service.operation_names:
        operation = service.operation_model(name)
        if operation.http["method"] != exchange.method or named not in (None, name):
            continue
        template, _, fixed = operation.http["requestUri"].partition("?")
        fixed_pairs = parse_qsl(fixed, keep_blank_values=True)
        labels = _labels(template, path, service.service_name == "s3")
        if labels is None or not all(pair in asked for pair in fixed_pairs):
            continue
        if not _has_required(operation, exchange, asked):
            continue
        rest = [pair for pair in asked if pair not in fixed_pairs]
        rank = (len(fixed_pairs), _required(operation), -len(_LABEL.findall(template)))
        candidates.append((rank, operation, Bound(labels, rest)))
    if not candidates:
        return None
    _, operation, bound = max(candidates, key=lambda candidate: candidate[0])
    return operation, bound


def _labels(template: str, path: str, is_s3: bool) -> dict[str, str] | None:
    pattern, end = "", 0
    names = []
    for label in _LABEL.finditer(template):
        pattern += re.escape(template[end : label.start()])
        pattern += "(.+)" if label[2] else "([^/]+)"
        names.append(label[1])
        end = label.end()
    pattern += re.escape(template[end:])
    if is_s3 and not template.endswith("+}"):
        # A bucket's path may end with a slash.
        pattern += "/?"
    found = re.fullmatch(pattern, path)
    if found is None:
        return None
    return dict(zip(names, (unquote(text) for text in found.groups()), strict=True))


def _required_names(operation: OperationModel, location: str) -> list[str]:
    shape = operation.input_shape
    if shape is None:
        return []
    members = [(name, shape.members[name].serialization) for name in shape.required_members]
    return [
        serialization.get("name", name)
        for name, serialization in members
        if serialization.get("location") == location
    ]


def _required(operation: OperationModel) -> int:
    return len(_required_names(operation, "querystring") + _required_names(operation, "header"))


def _has_required(
    operation: OperationModel, exchange: Exchange, asked: list[tuple[str, str]]
) -> bool:
    """Several operations of S3 have one path, and differ in what else is required."""
    names = {name for name, _ in asked}
    headers = _required_names(operation, "header")
    return names.issuperset(_required_names(operation, "querystring")) and all(
        name.lower() in exchange.request.headers for name in headers
    )
