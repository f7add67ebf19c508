"""An error's reply: its envelope, and whether AWS knows its code."""

import json
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError, fromstring

import cbor2
from botocore.model import Shape

from catalogue import Call
from deviations import Report
from elements import local_name
from error_codes import documented
from recordings import Exchange
from values import check_value, in_body

# The children of each envelope, and what each child must have.
_QUERY = {"Error": {"Type", "Code", "Message"}, "RequestId": set()}
_EC2 = {"Errors": {"Error"}, "RequestID": set()}


def check_error(report: Report, call: Call, exchange: Exchange) -> None:
    """Checks the reply of a call that failed."""
    if exchange.method == "HEAD":
        # It has no body that could name the error.
        return
    match call.protocol:
        case "query":
            code = _query_code(report, call, exchange)
        case "ec2":
            code = _ec2_code(report, exchange)
        case "rest-xml":
            code = _s3_code(report, exchange)
        case _:
            code = _json_code(report, call, exchange)
    if code is not None:
        _check_code(report, call, exchange.status, code)


def _check_code(report: Report, call: Call, status: int, code: str) -> None:
    shape = _shape(call, code)
    if shape is not None:
        # Services of the JSON protocol reply 400 and 500, and their models often do not say so.
        expected = shape.metadata.get("error", {}).get("httpStatusCode", status)
    else:
        expected = documented(call.protocol, code)
    if expected is None:
        known = ", ".join(sorted(_code(shape) for shape in call.operation.error_shapes))
        report.add("Code", "enum", code, f"one of {known or 'those that AWS documents'}")
    elif status != expected:
        report.add("status", "protocol", f"{status} of {code}", expected)


def _code(shape: Shape) -> str:
    return shape.metadata.get("error", {}).get("code") or shape.name


def _shape(call: Call, code: str) -> Shape | None:
    for shape in call.operation.error_shapes:
        if code in (_code(shape), shape.name):
            return shape
    return None


def _xml(report: Report, exchange: Exchange, name: str) -> Element | None:
    try:
        root = fromstring(exchange.reply.body or b"")
    except ParseError as error:
        report.add("", "type", str(error), f"XML: {name}")
        return None
    if local_name(root) != name:
        report.add("", "type", local_name(root), name)
        return None
    return root


def _children(element: Element | None) -> dict[str, Element]:
    return {} if element is None else {local_name(child): child for child in element}


def _check_envelope(
    report: Report, root: Element, expected: dict[str, set[str]]
) -> dict[str, Element]:
    found = _children(root)
    for name, inner in expected.items():
        if name not in found:
            report.add(name, "missing", "missing", f"required in {local_name(root)}")
        for part in inner - _children(found.get(name)).keys():
            report.add(f"{name}.{part}", "missing", "missing", f"required in {name}")
    for name in found.keys() - expected.keys():
        report.add(name, "unknown", name, f"only {', '.join(expected)}")
    return found


def _text(element: Element | None) -> str | None:
    return None if element is None else element.text or ""


def _query_code(report: Report, call: Call, exchange: Exchange) -> str | None:
    root = _xml(report, exchange, "ErrorResponse")
    if root is None:
        return None
    error = _children(_check_envelope(report, root, _QUERY).get("Error"))
    kind, code = _text(error.get("Type")), _text(error.get("Code"))
    # A model may say so of a status of the receiver's too.
    shape = _shape(call, code) if code else None
    is_sender = shape is not None and shape.metadata.get("error", {}).get("senderFault")
    expected = "Sender" if exchange.status < 500 or is_sender else "Receiver"
    if kind is not None and kind != expected:
        report.add("Error.Type", "enum", kind, expected)
    return code


def _ec2_code(report: Report, exchange: Exchange) -> str | None:
    root = _xml(report, exchange, "Response")
    if root is None:
        return None
    errors = _check_envelope(report, root, _EC2).get("Errors")
    error = _children(_children(errors).get("Error"))
    for name in {"Code", "Message"} - error.keys():
        report.add(f"Errors.Error.{name}", "missing", "missing", "required in Error")
    return _text(error.get("Code"))


def _s3_code(report: Report, exchange: Exchange) -> str | None:
    root = _xml(report, exchange, "Error")
    if root is None:
        return None
    # Others beside these depend on the code.
    found = _children(root)
    for name in {"Code", "Message", "RequestId"} - found.keys():
        report.add(name, "missing", "missing", "required in Error")
    return _text(found.get("Code"))


def _json_code(report: Report, call: Call, exchange: Exchange) -> str | None:
    is_cbor = call.protocol not in ("json", "rest-json")
    body = exchange.reply.body or b""
    try:
        value = cbor2.load(BytesIO(body)) if is_cbor else json.loads(body)
    except (ValueError, cbor2.CBORDecodeError) as error:
        report.add("", "type", str(error), "CBOR" if is_cbor else "JSON")
        return None
    if not isinstance(value, dict):
        report.add("", "type", repr(value), "an object")
        return None
    if call.protocol == "rest-json":
        code = exchange.reply.headers.get("x-amzn-errortype") or value.get("code")
        code = code or value.get("__type")
    else:
        code = value.get("__type")
    if not isinstance(code, str):
        report.add("__type", "missing", "missing", "the error's name")
        return None
    # A namespace stands before it, a link behind.
    code = code.rpartition("#")[2].partition(":")[0]
    shape = _shape(call, code)
    members = in_body(shape) if shape is not None else {}
    for name, member in value.items():
        # SDKs read the message under either name.
        if name in ("__type", "code", "message", "Message"):
            continue
        if name not in members:
            report.add(name, "unknown", member, f"no such member of {code}")
        else:
            check_value(report, name, members[name], member, cbor=is_cbor)
    return code
