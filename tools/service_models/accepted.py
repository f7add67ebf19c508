"""The deviations that are accepted, each with its reason."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from deviations import Deviation

_LIST = Path(__file__).with_name("accepted.toml")
_FIELDS = ("operation", "side", "path", "kind", "was")


@dataclass(frozen=True)
class Accepted:
    """An entry of the list. `*` stands for any text in a field; one that is missing is any."""

    fields: tuple[tuple[str, str], ...]
    reason: str

    def covers(self, deviation: Deviation) -> bool:
        """Whether the deviation is accepted."""
        return all(_matches(text, getattr(deviation, name)) for name, text in self.fields)

    def __str__(self) -> str:
        return ", ".join(f"{name} = {text!r}" for name, text in self.fields)


def _matches(wanted: str, text: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in wanted.split("*"))
    return re.fullmatch(pattern, text, re.DOTALL) is not None


def read(file: Path = _LIST) -> list[Accepted]:
    """The entries of the list."""
    entries = tomllib.loads(file.read_text(encoding="utf-8")).get("accepted", [])
    return [_entry(number, entry) for number, entry in enumerate(entries, 1)]


def _entry(number: int, entry: dict[str, str]) -> Accepted:
    for name in ("operation", "side", "kind", "reason"):
        if not entry.get(name):
            raise ValueError(f"accepted.toml: entry {number} has no {name}: {entry}")
    if unknown := entry.keys() - {*_FIELDS, "reason", "page"}:
        raise ValueError(f"accepted.toml: entry {number} has unknown fields: {unknown}")
    fields = tuple((name, entry[name]) for name in _FIELDS if name in entry)
    return Accepted(fields, entry["reason"])
