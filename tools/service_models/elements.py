"""XML against a shape."""

from xml.etree.ElementTree import Element

from botocore.model import Shape

from constraints import check_size, check_text
from deviations import Report, within
from values import in_body, required_in_body


def local_name(element: Element) -> str:
    """The name without its namespace."""
    return element.tag.rpartition("}")[2]


def namespace(element: Element) -> str:
    """The namespace's URI, or an empty text."""
    return element.tag[1:].partition("}")[0] if element.tag.startswith("{") else ""


def check_element(report: Report, path: str, shape: Shape, element: Element) -> None:
    """Checks an element whose content is of this shape."""
    match shape.type_name:
        case "structure":
            check_children(report, path, shape, element)
        case "list":
            _check_list(report, path, shape, element)
        case "map":
            _check_map(report, path, shape, list(element))
        case _:
            if len(element):
                name = local_name(element[0])
                report.add(within(path, name), "unknown", name, f"a {shape.type_name}, no element")
            else:
                check_text(report, path, shape, element.text or "", "iso8601")


def check_children(
    report: Report, path: str, shape: Shape, element: Element, ignored: tuple[str, ...] = ()
) -> None:
    """Checks a structure, but for children that are no members of it."""
    _check_no_text(report, path, element)
    members = in_body(shape)
    attributes = {
        name: member
        for name, member in members.items()
        if member.serialization.get("xmlAttribute")
    }
    by_name: dict[str, list[Element]] = {}
    for child in element:
        by_name.setdefault(local_name(child), []).append(child)
    for name, children in by_name.items():
        if name in ignored:
            continue
        below = within(path, name)
        member = members.get(name) or _flattened_by_item(members, name)
        if member is None:
            report.add(below, "unknown", name, f"no such member of {shape.name}")
        elif member.type_name in ("list", "map") and member.serialization.get("flattened"):
            _check_flattened(report, below, member, children)
        elif len(children) > 1:
            report.add(below, "type", f"{len(children)} elements", "one element")
        else:
            check_element(report, below, member, children[0])
    for name in required_in_body(shape):
        if name not in by_name and name not in attributes:
            report.add(within(path, name), "missing", "missing", f"required in {shape.name}")


def _flattened_by_item(members: dict[str, Shape], name: str) -> Shape | None:
    """The flattened list whose items are named so themselves."""
    for member in members.values():
        if (
            member.type_name == "list"
            and member.serialization.get("flattened")
            and member.member.serialization.get("name") == name
        ):
            return member
    return None


def _check_flattened(report: Report, path: str, shape: Shape, elements: list[Element]) -> None:
    if shape.type_name == "map":
        _check_map(report, path, shape, elements)
        return
    check_size(report, path, shape, len(elements))
    for element in elements:
        check_element(report, f"{path}[]", shape.member, element)


def _check_list(report: Report, path: str, shape: Shape, element: Element) -> None:
    _check_no_text(report, path, element)
    check_size(report, path, shape, len(element))
    expected = shape.member.serialization.get("name", "member")
    for item in element:
        if local_name(item) == expected:
            check_element(report, f"{path}[]", shape.member, item)
        else:
            report.add(within(path, local_name(item)), "unknown", local_name(item), expected)


def _check_map(report: Report, path: str, shape: Shape, entries: list[Element]) -> None:
    check_size(report, path, shape, len(entries))
    parts = {
        shape.key.serialization.get("name", "key"): (f"{path}{{key}}", shape.key),
        shape.value.serialization.get("name", "value"): (f"{path}{{}}", shape.value),
    }
    for entry in entries:
        found = [local_name(part) for part in entry]
        if sorted(found) != sorted(parts):
            report.add(path, "type", f"an entry of {found}", f"an entry of {list(parts)}")
            continue
        for part in entry:
            below, shape_of_part = parts[local_name(part)]
            check_element(report, below, shape_of_part, part)


def _check_no_text(report: Report, path: str, element: Element) -> None:
    texts = [element.text, *(child.tail for child in element)]
    text = "".join(text for text in texts if text).strip()
    if text:
        report.add(path, "type", f"text {text}", "elements only")
