"""Evaluates Fn::Split in a template's conditions, which the emulator takes for a list as it is.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-split.html
"""

from ministack.services.cloudformation import changesets, engine, handlers, stacks

_evaluate = engine._evaluate_conditions


def _selected(value, parameters):
    if isinstance(value, list):
        return [_selected(member, parameters) for member in value]
    if not isinstance(value, dict):
        return value
    _, items = value.get("Fn::Select", (None, None))
    if isinstance(items, dict) and "Fn::Split" in items:
        # A condition refers to parameters alone, and not to a resource.
        return engine._resolve_refs(value, {}, parameters, {}, {}, "", "")
    return {key: _selected(field, parameters) for key, field in value.items()}


def _evaluate_split(template, parameters):
    conditions = _selected(template.get("Conditions", {}), parameters)
    return _evaluate({**template, "Conditions": conditions}, parameters)


def install():
    """Puts this in the emulator's place."""
    for module in (changesets, engine, handlers, stacks):
        module._evaluate_conditions = _evaluate_split
