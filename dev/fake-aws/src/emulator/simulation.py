"""Lets IAM's simulator go by the condition keys that the caller gives, which the emulator does not.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextEntry.html
"""

from contextvars import ContextVar

from ministack.core import iam_evaluator
from ministack.services import iam

_ACTION = "SimulatePrincipalPolicy"
_given = ContextVar("the condition keys of a simulation", default=None)


def _entries(params):
    entries, index = {}, 1
    while name := iam._p(params, f"ContextEntries.member.{index}.ContextKeyName"):
        values, member = [], 1
        prefix = f"ContextEntries.member.{index}.ContextKeyValues.member"
        while value := iam._p(params, f"{prefix}.{member}"):
            values.append(value)
            member += 1
        entries[name.lower()] = values[0] if len(values) == 1 else values
        index += 1
    return entries


def _with_entries(simulate):
    def handle(params):
        token = _given.set(_entries(params))
        try:
            return simulate(params)
        finally:
            _given.reset(token)

    return handle


def _key_of_entries(resolve):
    def key(name, context):
        return (_given.get() or {}).get(name.lower()) or resolve(name, context)

    return key


def install():
    """Puts this around what the emulator does."""
    iam_evaluator._resolve_condition_key = _key_of_entries(iam_evaluator._resolve_condition_key)
    iam._IAM_HANDLERS[_ACTION] = _with_entries(iam._IAM_HANDLERS[_ACTION])
