"""A request against its operation's input."""

import gzip
import json
from io import BytesIO
from urllib.parse import parse_qsl
from xml.etree.ElementTree import ParseError, fromstring

import cbor2
from botocore.model import Shape, StructureShape

from bindings import check_bound, check_headers
from catalogue import Call
from deviations import Report
from elements import check_element, local_name, namespace
from parameters import Parameters, tree
from recordings import Exchange
from values import check_members, in_body

# The query protocol's own parameters.
_ACTION, _VERSION = "Action", "Version"
_CHECKSUM = "x-amz-checksum-"
_EMPTY = StructureShape("(no input)", {"type": "structure", "members": {}})


def check_request(report: Report, call: Call, exchange: Exchange) -> None:
    """Checks a request."""
    body = exchange.request.body
    if body and exchange.request.headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    shape = call.operation.input_shape or _EMPTY
    match call.protocol:
        case "query" | "ec2":
            _check_form(report, call, shape, body or b"")
        case "json":
            _check_target(report, call, exchange)
            _check_json(report, shape, body or b"")
        case "rest-json" | "rest-xml":
            _check_rest(report, call, exchange, shape, body)
        case _:
            _check_cbor(report, call, exchange, shape, body or b"")


def _check_form(report: Report, call: Call, shape: Shape, body: bytes) -> None:
    pairs = parse_qsl(body.decode(), keep_blank_values=True)
    version = dict(pairs).get(_VERSION)
    if version != call.service.api_version:
        report.add(_VERSION, "protocol", version, call.service.api_version)
    rest = [pair for pair in pairs if pair[0] not in (_ACTION, _VERSION)]
    parameters = Parameters(report, is_ec2=call.protocol == "ec2")
    parameters.check_members("", shape, tree(rest, report))


def _check_target(report: Report, call: Call, exchange: Exchange) -> None:
    metadata = call.service.metadata
    headers = exchange.request.headers
    expected = f"{metadata['targetPrefix']}.{call.operation.name}"
    if headers.get("x-amz-target") != expected:
        report.add("header x-amz-target", "protocol", headers.get("x-amz-target"), expected)
    expected = f"application/x-amz-json-{metadata['jsonVersion']}"
    if exchange.request.media_type != expected:
        report.add("header content-type", "protocol", exchange.request.media_type, expected)


def _check_json(report: Report, shape: Shape, body: bytes) -> None:
    try:
        value = json.loads(body or b"{}")
    except ValueError as error:
        report.add("", "type", str(error), "JSON")
        return
    if isinstance(value, dict):
        check_members(report, "", shape, value, cbor=False)
    else:
        report.add("", "type", body.decode(), "an object")


def _check_cbor(
    report: Report, call: Call, exchange: Exchange, shape: Shape, body: bytes
) -> None:
    expected = f"/service/{call.service.metadata['targetPrefix']}/operation/{call.operation.name}"
    if exchange.path != expected:
        report.add("path", "protocol", exchange.path, expected)
    if exchange.request.headers.get("smithy-protocol") != "rpc-v2-cbor":
        was = exchange.request.headers.get("smithy-protocol")
        report.add("header smithy-protocol", "protocol", was, "rpc-v2-cbor")
    value = cbor2.load(BytesIO(body)) if body else {}
    check_members(report, "", shape, value, cbor=True)


def _check_rest(
    report: Report, call: Call, exchange: Exchange, shape: Shape, body: bytes | None
) -> None:
    check_bound(report, shape, call.bound)
    check_headers(report, shape, _without_checksum(call, exchange.request.headers))
    payload = shape.serialization.get("payload")
    if payload:
        member = shape.members[payload]
        if member.type_name != "structure":
            # Bytes, or text, of the caller's own.
            return
        if not body:
            if payload in shape.required_members:
                report.add("", "missing", "no body", f"required in {shape.name}")
            return
        if call.protocol == "rest-json":
            _check_json(report, member, body)
        else:
            _check_xml(report, member, body, member.serialization.get("name", payload))
        return
    if call.protocol == "rest-json" and (body or in_body(shape)):
        _check_json(report, shape, body or b"")
    elif body:
        report.add("", "unknown", "a body", f"{shape.name} has none")


def _without_checksum(call: Call, headers: dict[str, str]) -> dict[str, str]:
    """The headers without the checksum that SDKs add, if the operation takes one."""
    if not call.operation.http_checksum:
        return headers
    return {name: text for name, text in headers.items() if not name.startswith(_CHECKSUM)}


def _check_xml(report: Report, shape: Shape, body: bytes, name: str) -> None:
    try:
        root = fromstring(body)
    except ParseError as error:
        report.add("", "type", str(error), "XML")
        return
    if local_name(root) != name:
        report.add("", "type", local_name(root), name)
    expected = shape.serialization.get("xmlNamespace", {}).get("uri", "")
    if namespace(root) != expected:
        report.add("xmlns", "protocol", namespace(root), expected)
    check_element(report, "", shape, root)
