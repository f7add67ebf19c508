// IAM's wildcards: whether a pattern matches a name, or has an ARN in common with AWS's format.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"use strict";

// Actions and condition keys are compared without regard to case.
function matches(pattern, name) {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  const expression = escaped.replaceAll("*", ".*").replaceAll("?", ".");
  return new RegExp(`^${expression}$`, "i").test(name);
}

// Whether some ARN matches both the pattern of a policy and a format such as
// "arn:aws:sqs:us-east-1:000000000000:${QueueName}". A name in a format is not empty and has no colon.
function overlaps(pattern, format) {
  return meet(ofPattern(pattern), ofFormat(format), 0, 0);
}

const ANY = () => true;
const NO_COLON = (letter) => letter !== ":";

function ofPattern(pattern) {
  return [...pattern].map((letter) => {
    switch (letter) {
      case "*":
        return { allows: ANY, repeats: true };
      case "?":
        return { allows: ANY };
      default:
        return { letter };
    }
  });
}

function ofFormat(format) {
  return format.split(/(\$\{\w+\})/).flatMap((part) =>
    part.startsWith("${")
      ? [{ allows: NO_COLON }, { allows: NO_COLON, repeats: true }]
      : [...part].map((letter) => ({ letter })),
  );
}

function meet(left, right, i, j) {
  if (i === left.length || j === right.length) {
    return [...left.slice(i), ...right.slice(j)].every((one) => one.repeats);
  }
  const [one, other] = [left[i], right[j]];
  if (one.repeats && meet(left, right, i + 1, j)) {
    return true;
  }
  if (other.repeats && meet(left, right, i, j + 1)) {
    return true;
  }
  if ((one.repeats && other.repeats) || !share(one, other)) {
    return false;
  }
  return meet(left, right, one.repeats ? i : i + 1, other.repeats ? j : j + 1);
}

function share(one, other) {
  if (one.letter !== undefined && other.letter !== undefined) {
    return one.letter === other.letter;
  }
  if (one.letter !== undefined) {
    return other.allows(one.letter);
  }
  return other.letter === undefined || one.allows(other.letter);
}

module.exports = { matches, overlaps };
