"""Patterns of the models, which AWS writes for Java, as Python's."""

from functools import cache

import regex

# Java reads two escaped surrogates as one character.
_SURROGATES = regex.compile(
    r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
)


def _character(pair: "regex.Match[str]") -> str:
    units = "".join(chr(int(half, 16)) for half in pair.groups())
    return units.encode("utf-16", "surrogatepass").decode("utf-16")


@cache
def compiled(pattern: str) -> "regex.Pattern[str]":
    """The pattern, to be matched as a whole: most have no anchors and say all that is allowed."""
    return regex.compile(_SURROGATES.sub(_character, pattern))


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches; it does not if Python cannot read the pattern."""
    try:
        return compiled(pattern).fullmatch(text) is not None
    except regex.error:
        return False
