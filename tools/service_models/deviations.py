"""What deviates from AWS's service models, and where."""

from collections.abc import Iterator
from dataclasses import dataclass

# A value is shown up to this many characters.
_LONGEST = 80


@dataclass(frozen=True)
class Deviation:
    """One deviation. `path` has the names on the wire, `[]` for any item of a list."""

    operation: str
    side: str
    path: str
    kind: str
    was: str
    expected: str

    @property
    def place(self) -> tuple[str, ...]:
        """Where it is, and of which kind."""
        return (self.operation, self.side, self.path, self.kind)

    @property
    def key(self) -> tuple[str, ...]:
        """What is printed once: a place, and for an enum each value."""
        return (*self.place, self.was if self.kind == "enum" else "")

    def __str__(self) -> str:
        where = f"{self.operation} {self.side} {self.path or '(whole)'}"
        return f"{where}: {self.kind}: was {self.was}; the model says {self.expected}"


class Report:
    """Collects the deviations of one side of one exchange."""

    def __init__(self, operation: str, side: str) -> None:
        self.operation = operation
        self.side = side
        self._found: list[Deviation] = []

    def add(self, path: str, kind: str, was: object, expected: object) -> None:
        """Adds a deviation."""
        shown = was if isinstance(was, str) else repr(was)
        if len(shown) > _LONGEST:
            shown = shown[: _LONGEST - 1] + "…"
        shown = "".join(map(_printable, shown)) or "(empty)"
        deviation = Deviation(self.operation, self.side, path, kind, shown, str(expected))
        self._found.append(deviation)

    def __iter__(self) -> Iterator[Deviation]:
        return iter(self._found)


def _printable(character: str) -> str:
    return character if character.isprintable() else ascii(character)[1:-1]


def within(path: str, name: str) -> str:
    """The path of a member."""
    return f"{path}.{name}" if path else name
