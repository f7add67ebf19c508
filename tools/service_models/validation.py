"""All exchanges against AWS's service models."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from accepted import Accepted
from catalogue import Call, Unknown, call_of
from deviations import Deviation, Report
from recordings import Exchange
from reply_side import check_reply
from request_side import check_request


@dataclass
class Outcome:
    """What was validated, and what came of it."""

    shapes: int = 0
    operations: set[str] = field(default_factory=set)
    services: set[str] = field(default_factory=set)
    accepted: set[tuple[str, ...]] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.shapes} shapes of {len(self.operations)} operations of "
            f"{len(self.services)} services validated, {len(self.accepted)} deviations accepted"
        )


def name_of(call: Call) -> str:
    """The operation's name, with its service."""
    return f"{call.service.service_name}.{call.operation.name}"


def deviations_of(call: Call, exchange: Exchange) -> list[Deviation]:
    """The deviations of one exchange."""
    request, reply = Report(name_of(call), "request"), Report(name_of(call), "reply")
    check_request(request, call, exchange)
    check_reply(reply, call, exchange)
    return [*request, *reply]


def validate(
    exchanges: Iterable[Exchange], accepted: list[Accepted], *, is_partial: bool
) -> Outcome:
    """Validates the exchanges. A partial recording need not have every accepted deviation."""
    outcome = Outcome()
    used: set[Accepted] = set()
    failed: dict[tuple[str, ...], tuple[Deviation, set[str]]] = {}
    unknown: set[str] = set()
    for exchange in exchanges:
        outcome.shapes += 1
        try:
            call = call_of(exchange)
        except Unknown as error:
            unknown.add(str(error))
            continue
        outcome.services.add(call.service.service_name)
        outcome.operations.add(name_of(call))
        for deviation in deviations_of(call, exchange):
            covering = [entry for entry in accepted if entry.covers(deviation)]
            used.update(covering)
            if covering:
                outcome.accepted.add(deviation.place)
            else:
                _, programs = failed.setdefault(deviation.key, (deviation, set()))
                programs.add(exchange.program or "a program without a name")
    outcome.failures = [
        f"{deviation} (asked by {', '.join(sorted(programs))})"
        for deviation, programs in failed.values()
    ]
    outcome.failures.extend(unknown)
    outcome.failures.sort()
    if not outcome.shapes:
        outcome.failures.append("no exchange was recorded")
    if not is_partial:
        unused = [entry for entry in accepted if entry not in used]
        outcome.failures.extend(f"accepted.toml: no longer occurs: {entry}" for entry in unused)
    return outcome
