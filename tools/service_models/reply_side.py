"""A reply against its operation's output."""

import json
from io import BytesIO
from xml.etree.ElementTree import ParseError, fromstring

import cbor2
from botocore.model import Shape, StructureShape

from bindings import check_headers
from catalogue import Call
from deviations import Report
from elements import check_children, check_element, local_name, namespace
from error_side import check_error
from recordings import Exchange
from values import check_members, in_body

_EMPTY = StructureShape("(no output)", {"type": "structure", "members": {}})


def check_reply(report: Report, call: Call, exchange: Exchange) -> None:
    """Checks a reply."""
    if exchange.status >= 300:
        check_error(report, call, exchange)
        return
    shape = call.operation.output_shape or _EMPTY
    has_status_member = any(
        member.serialization.get("location") == "statusCode" for member in shape.members.values()
    )
    expected = call.operation.http.get("responseCode", 200)
    if exchange.status != expected and not has_status_member:
        report.add("status", "protocol", exchange.status, expected)
    body = exchange.reply.body
    match call.protocol:
        case "query":
            _check_query(report, call, shape, exchange)
        case "ec2":
            _check_ec2(report, call, shape, exchange)
        case "json":
            version = call.service.metadata["jsonVersion"]
            _check_media_type(report, exchange, f"application/x-amz-json-{version}")
            _check_json(report, shape, body or b"")
        case "rest-json" | "rest-xml":
            _check_rest(report, call, exchange, shape, body)
        case _:
            _check_media_type(report, exchange, "application/cbor")
            was = exchange.reply.headers.get("smithy-protocol")
            if was != "rpc-v2-cbor":
                report.add("header smithy-protocol", "protocol", was, "rpc-v2-cbor")
            value = cbor2.load(BytesIO(body)) if body else {}
            check_members(report, "", shape, value, cbor=True)


def _check_media_type(report: Report, exchange: Exchange, *expected: str) -> None:
    was = exchange.reply.media_type
    if was not in expected:
        report.add("header content-type", "protocol", was, " or ".join(expected))


def _check_json(report: Report, shape: Shape, body: bytes) -> None:
    # An operation without output may reply with nothing.
    if not body and not shape.members:
        return
    try:
        value = json.loads(body)
    except ValueError as error:
        report.add("", "type", str(error), "JSON")
        return
    if isinstance(value, dict):
        check_members(report, "", shape, value, cbor=False)
    else:
        report.add("", "type", body.decode(), "an object")


def _root(report: Report, body: bytes | None, name: str, uri: str | None):
    try:
        root = fromstring(body or b"")
    except ParseError as error:
        report.add("", "type", str(error), f"XML: {name}")
        return None
    if local_name(root) != name:
        report.add("", "type", local_name(root), name)
    if uri is not None and namespace(root) != uri:
        report.add("xmlns", "protocol", namespace(root), uri)
    return root


def _check_query(report: Report, call: Call, shape: Shape, exchange: Exchange) -> None:
    _check_media_type(report, exchange, "text/xml")
    name = f"{call.operation.name}Response"
    root = _root(report, exchange.reply.body, name, call.service.metadata["xmlNamespace"])
    if root is None:
        return
    wrapper = shape.serialization.get("resultWrapper")
    expected = {"ResponseMetadata", *([wrapper] if wrapper else [])}
    for child in root:
        found = local_name(child)
        if found not in expected:
            report.add(found, "unknown", found, f"only {', '.join(sorted(expected))}")
        elif found == "ResponseMetadata":
            if [local_name(part) for part in child] != ["RequestId"]:
                report.add(found, "missing", "no RequestId", "a RequestId and nothing else")
        else:
            check_element(report, "", shape, child)
    for missing in expected.difference(local_name(child) for child in root):
        report.add(missing, "missing", "missing", f"required in {name}")


def _check_ec2(report: Report, call: Call, shape: Shape, exchange: Exchange) -> None:
    _check_media_type(report, exchange, "text/xml")
    name = f"{call.operation.name}Response"
    # The model has the namespace without the slash that EC2 ends it with.
    uri = f"{call.service.metadata['xmlNamespace'].rstrip('/')}/"
    root = _root(report, exchange.reply.body, name, uri)
    if root is None:
        return
    if sum(local_name(child) == "requestId" for child in root) != 1:
        report.add("requestId", "missing", "not once", f"required in {name}")
    check_children(report, "", shape, root, ignored=("requestId",))


def _check_rest(
    report: Report, call: Call, exchange: Exchange, shape: Shape, body: bytes | None
) -> None:
    check_headers(report, shape, exchange.reply.headers)
    if exchange.method == "HEAD":
        return
    payload = shape.serialization.get("payload")
    if payload and shape.members[payload].type_name != "structure":
        return
    content = shape.members[payload] if payload else shape
    if not body and not in_body(content):
        return
    if call.protocol == "rest-json":
        _check_media_type(report, exchange, "application/json")
        _check_json(report, content, body or b"")
        return
    _check_media_type(report, exchange, "application/xml", "text/xml")
    # S3's output has no name on the wire of its own; botocore, too, reads any root.
    try:
        root = fromstring(body or b"")
    except ParseError as error:
        report.add("", "type", str(error), "XML")
        return
    if namespace(root) != "http://s3.amazonaws.com/doc/2006-03-01/":
        report.add("xmlns", "protocol", namespace(root), "http://s3.amazonaws.com/doc/2006-03-01/")
    if content.type_name == "structure" and _is_text(content):
        return
    check_element(report, "", content, root)


def _is_text(shape: Shape) -> bool:
    """GetBucketLocation's output is the text of its root: its only member has the root's name."""
    return list(shape.members) == ["LocationConstraint"]
