// The rules for one statement: its actions exist, its resources fit them, its keys are supported.
"use strict";

const { list } = require("./definitions.js");

// With NotAction and the like nothing could be checked.
const ELEMENTS = ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"];

async function problems(statement, attachedTo, definitions) {
  const others = Object.keys(statement).filter((key) => !ELEMENTS.includes(key));
  const found = others.map((key) => problem("*", "element", key, `one of ${ELEMENTS.join(", ")}`));
  if (statement.Action === undefined) {
    found.push(problem("*", "Action", "missing", "an action"));
  }
  for (const pattern of array(statement.Action)) {
    const { unknown, service, found: actions } = await definitions.actions(pattern);
    if (unknown) {
      found.push(problem(pattern, "Action", pattern, unknown));
      continue;
    }
    const known = await Promise.all(
      actions.map(async (action) => ({ action, types: await definitions.types(service, action) })),
    );
    found.push(...resources(statement, attachedTo, definitions, pattern, known));
    found.push(...(await conditionKeys(statement, attachedTo, definitions, pattern, known)));
  }
  found.push(...(await conditionValues(statement, definitions)));
  return found;
}

// A pattern such as "sqs:*" fits if one of its actions does.
function resources(statement, attachedTo, definitions, pattern, known) {
  const all = [...new Set(known.flatMap(({ types }) => types.map((type) => type.key)))];
  if (attachedTo !== null && !all.includes(attachedTo)) {
    const defined = `a policy of one of: ${list(all) || "none, for it takes no resource"}`;
    return [problem(pattern, "Resource", `in the policy of a ${attachedTo}`, defined)];
  }
  // The resource of a trust policy is the role.
  if (statement.Resource === undefined) {
    return attachedTo === "role" ? [] : [problem(pattern, "Resource", "missing", "a resource")];
  }
  const fits = (arn) =>
    arn === "*" || known.some(({ types }) => types.some((type) => definitions.fits(arn, type)));
  const formats = [...new Set(known.flatMap(({ types }) => types.map((type) => type.arn)))];
  return array(statement.Resource)
    .filter((arn) => !fits(arn))
    .map((arn) => problem(pattern, "Resource", arn, list(formats) || "*, for it takes no resource"));
}

// Every action that a pattern stands for has to support the key: one that does not is never allowed.
async function conditionKeys(statement, attachedTo, definitions, pattern, known) {
  const found = [];
  for (const key of new Set(Object.values(statement.Condition ?? {}).flatMap(Object.keys))) {
    for (const { action, types } of known) {
      const meant = types.filter((type) => isMeant(type, statement, attachedTo, definitions));
      const keys = definitions.keys(action, meant);
      const applies = meant.length > 0 || attachedTo === null;
      if (applies && !(await definitions.supports(key, keys))) {
        const defined = `a global key, or one that ${action.name} supports: ${list(keys) || "none"}`;
        found.push(problem(pattern, "Condition", key, defined));
      }
    }
  }
  return found;
}

function isMeant(type, statement, attachedTo, definitions) {
  if (attachedTo !== null) {
    return type.key === attachedTo;
  }
  return array(statement.Resource).some((arn) => arn === "*" || definitions.fits(arn, type));
}

// An ARN to compare with is one that AWS would write.
async function conditionValues(statement, definitions) {
  const found = [];
  for (const operator of Object.values(statement.Condition ?? {})) {
    for (const [key, values] of Object.entries(operator)) {
      for (const value of array(values).filter((one) => String(one).startsWith("arn:"))) {
        const types = await definitions.allTypes(value.split(":")[2]);
        if (!types.some((type) => definitions.fits(value, type))) {
          const formats = list(types.map((type) => type.arn)) || "an ARN of a service of AWS";
          found.push(problem(list(array(statement.Action)), key, value, formats));
        }
      }
    }
  }
  return found;
}

function problem(action, field, was, defined) {
  return { action, field, was, defined };
}

function array(value) {
  return value === undefined ? [] : [value].flat();
}

module.exports = { problems };
