"""The exchanges that the local AWS recorded: a folder of files, one exchange a line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Message:
    """A request's or a reply's headers and body; the body is `None` if it was not kept."""

    headers: dict[str, str]
    body: bytes | None

    @property
    def media_type(self) -> str:
        """The content type, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip()


@dataclass(frozen=True)
class Exchange:
    """What was asked, and what was replied."""

    service: str
    action: str
    program: str | None
    method: str
    path: str
    request: Message
    status: int
    reply: Message


def read(folder: Path) -> Iterator[Exchange]:
    """Every exchange of the folder's files."""
    for file in sorted(folder.glob("*.jsonl")):
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                # A process that was killed may have left half a line.
                if line.endswith("\n"):
                    yield _exchange(json.loads(line))


def _exchange(line: dict) -> Exchange:
    return Exchange(
        service=line["service"],
        action=line["action"],
        program=line["program"],
        method=line["request"]["method"],
        path=line["request"]["path"],
        request=_message(line["request"]),
        status=line["status"],
        reply=_message(line["reply"]),
    )


def _message(half: dict) -> Message:
    match half["body"]:
        case {"text": text}:
            body = text.encode()
        case {"hex": digits}:
            body = bytes.fromhex(digits)
        case _:
            body = None
    return Message(half["headers"], body)
