"""The parameters of the query protocol, and of EC2's, against a shape."""

from botocore.model import Shape

from constraints import check_size, check_text
from deviations import Report, within

Tree = dict[str, "str | Tree"]


def tree(parameters: list[tuple[str, str]], report: Report) -> Tree:
    """`Names.member.1=a` as a value within `member` within `Names`."""
    root: Tree = {}
    for name, value in parameters:
        *parts, last = name.split(".")
        node = root
        for part in parts:
            below = node.setdefault(part, {})
            if isinstance(below, str):
                report.add(name, "type", value, f"{part} has a value of its own")
                break
            node = below
        else:
            if last in node:
                report.add(name, "type", value, "one parameter of this name")
            node[last] = value
    return root


class Parameters:
    """Checks parameters; EC2 names them and writes lists in another way than the others."""

    def __init__(self, report: Report, *, is_ec2: bool) -> None:
        self._report = report
        self._is_ec2 = is_ec2

    def check_members(self, path: str, shape: Shape, node: Tree) -> None:
        """Checks a structure."""
        members = {self._name(name, member): member for name, member in shape.members.items()}
        for name, below in node.items():
            if name in members:
                self._check(within(path, name), members[name], below)
            else:
                was = below if isinstance(below, str) else f"members {', '.join(below)}"
                self._report.add(
                    within(path, name), "unknown", was, f"no such member of {shape.name}"
                )
        for name in shape.required_members:
            wire = self._name(name, shape.members[name])
            if wire not in node:
                self._report.add(
                    within(path, wire), "missing", "missing", f"required in {shape.name}"
                )

    def _name(self, name: str, shape: Shape) -> str:
        serialization = shape.serialization
        if self._is_ec2:
            if "queryName" in serialization:
                return serialization["queryName"]
            name = serialization.get("name", name)
            return name[0].upper() + name[1:]
        if shape.type_name == "list" and serialization.get("flattened"):
            return shape.member.serialization.get("name", serialization.get("name", name))
        return serialization.get("name", name)

    def _check(self, path: str, shape: Shape, node: "str | Tree") -> None:
        match shape.type_name, node:
            case "structure", dict():
                self.check_members(path, shape, node)
            case "list", dict():
                self._check_list(path, shape, node)
            case "map", dict():
                self._check_map(path, shape, node)
            case ("list" | "structure" | "map"), "":
                # An empty list is written so.
                if shape.type_name == "list":
                    check_size(self._report, path, shape, 0)
            case ("list" | "structure" | "map"), _:
                self._report.add(path, "type", node, f"a {shape.type_name}")
            case _, str():
                check_text(self._report, path, shape, node, "iso8601")
            case _:
                self._report.add(
                    path, "type", f"members {', '.join(node)}", f"a {shape.type_name}"
                )

    def _check_list(self, path: str, shape: Shape, node: Tree) -> None:
        if not self._is_ec2 and not shape.serialization.get("flattened"):
            expected = shape.member.serialization.get("name", "member")
            if list(node) != [expected]:
                self._report.add(path, "unknown", ", ".join(node), f"{expected}.N")
                return
            node = node[expected]
        if not self._is_numbered(path, node):
            return
        check_size(self._report, path, shape, len(node))
        for item in node.values():
            self._check(f"{path}[]", shape.member, item)

    def _check_map(self, path: str, shape: Shape, node: Tree) -> None:
        if not shape.serialization.get("flattened"):
            if list(node) != ["entry"]:
                self._report.add(path, "unknown", ", ".join(node), "entry.N")
                return
            node = node["entry"]
        if not self._is_numbered(path, node):
            return
        key = shape.key.serialization.get("name", "key")
        value = shape.value.serialization.get("name", "value")
        check_size(self._report, path, shape, len(node))
        for entry in node.values():
            if not isinstance(entry, dict) or sorted(entry) != sorted((key, value)):
                self._report.add(path, "type", repr(entry), f"{key} and {value}")
                continue
            self._check(f"{path}{{key}}", shape.key, entry[key])
            self._check(f"{path}{{}}", shape.value, entry[value])

    def _is_numbered(self, path: str, node: "str | Tree") -> bool:
        expected = {str(number) for number in range(1, len(node) + 1)}
        if isinstance(node, dict) and set(node) == expected:
            return True
        was = node if isinstance(node, str) else ", ".join(node)
        self._report.add(path, "type", was, "items numbered from 1 on")
        return False
