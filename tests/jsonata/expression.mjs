// JSONata as Step Functions evaluates it: the reference implementation with AWS's functions and limits.
// https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';

const jsonata = createRequire(`${process.argv[2]}/`)('jsonata');

/** An error that a state reports; `field` is the expression that it comes from. */
export class StateError extends Error {
  constructor(error, cause, field) {
    super(cause);
    Object.assign(this, { error, cause, field });
  }
}

/** What this interpreter cannot run. It is never taken for an error of a state. */
export class Refusal extends Error {}

// "JSONata functions provided by Step Functions" on the page above, the same in every run.
const HASHES = { MD5: 'md5', 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' };
const list = (length, item) => Array.from({ length }, (_, i) => item(i));
const FUNCTIONS = {
  partition: (items, size) => list(Math.ceil(items.length / size), (i) => items.slice(i * size, (i + 1) * size)),
  range: (start, end, step) => list(Math.floor((end - start) / step) + 1, (i) => start + i * step),
  hash: (text, algorithm) => createHash(HASHES[algorithm]).update(text).digest('hex'),
  random: () => 0.5,
  uuid: () => '00000000-0000-4000-8000-000000000000',
  parse: (text) => JSON.parse(text),
  // Step Functions does not have it.
  eval: undefined,
};

// The page has a "Stack overflow" without a figure. 100 levels are the default of the engine's guard.
const MAXIMUM_DEPTH = 100;

/** The execution's time: $now and $millis read `new Date()`. */
export const clock = { milliseconds: 0 };
globalThis.Date = class extends Date {
  constructor(...given) {
    super(...(given.length ? given : [clock.milliseconds]));
  }
};

const isExpression = (text) => text.startsWith('{%') && text.endsWith('%}');

function* strings(template, field) {
  if (typeof template === 'string') yield [field, template];
  else if (template && typeof template === 'object')
    for (const [key, value] of Object.entries(template)) yield* strings(value, `${field}/${key}`);
}

/** A compiled expression, which records the arms of `a ? b : c` that it takes. */
class Expression {
  #depth = 0;
  #taken;

  constructor(field, source) {
    Object.assign(this, { field, source });
    try {
      this.engine = jsonata(source);
    } catch (error) {
      throw new Refusal(`${field}: ${error.message}`);
    }
    this.arms = new Map();
    this.#findArms(this.engine.ast());
    this.engine.assign(Symbol.for('jsonata.__evaluate_entry'), (node, _, { isParallelCall }) => {
      if (this.arms.has(node)) this.#taken.add(this.arms.get(node));
      if (!isParallelCall && ++this.#depth > MAXIMUM_DEPTH) throw new Error('Stack overflow error');
    });
    this.engine.assign(Symbol.for('jsonata.__evaluate_exit'), (node, _, { isParallelCall }) => {
      if (!isParallelCall) this.#depth -= 1;
    });
  }

  #findArms(node) {
    if (!node || typeof node !== 'object') return;
    if (node.type === 'condition') {
      const name = `${this.field} ?${this.arms.size}`;
      for (const arm of ['then', 'else']) if (node[arm]) this.arms.set(node[arm], `${name} ${arm}`);
    }
    Object.values(node).forEach((inner) => this.#findArms(inner));
  }

  async evaluate(variables, taken) {
    this.#depth = 0;
    this.#taken = taken;
    try {
      const value = await this.engine.evaluate(undefined, { ...FUNCTIONS, ...variables });
      if (value === undefined) throw new Error('returned nothing (undefined)');
      // What travels on is JSON, without the engine's marks on its sequences.
      return JSON.parse(JSON.stringify(value, (_, part) => this.#json(part)));
    } catch ({ message }) {
      const cause = `The JSONata expression '${this.source}' of ${this.field}: ${message}`;
      throw new StateError('States.QueryEvaluationError', cause, this.field);
    }
  }

  #json(part) {
    const isFunction = typeof part === 'function' || part?._jsonata_lambda || part?._jsonata_function;
    if (isFunction || (typeof part === 'number' && !Number.isFinite(part)))
      throw new Error('returned an unsupported result type');
    return part;
  }
}

/** The expressions of a definition, by their fields. */
export class Expressions {
  #of = new Map();

  /** Compiles those of a field. `given` are the parts of $states that exist only there. */
  add(template, field, given) {
    for (const [path, text] of strings(template, field)) {
      if (isExpression(text)) this.#of.set(path, new Expression(path, text.slice(2, -2).trim()));
      else if (/\{%|%\}/.test(text)) throw new Refusal(`${path}: ${text} should begin with {% and end with %}`);
      // AWS refuses such a definition: "Reserved variable" on the page above.
      for (const [part] of text.matchAll(/\$states\.(result|errorOutput)\b/g))
        if (!given.includes(part.slice('$states.'.length))) throw new Refusal(`${path}: there is no ${part}`);
    }
  }

  get arms() {
    return [...this.#of.values()].flatMap(({ arms }) => [...arms.values()]);
  }

  /** The value of a template. The arms that its expressions take are added to `taken`. */
  async evaluate(template, field, variables, taken) {
    if (typeof template === 'string')
      return isExpression(template) ? this.#of.get(field).evaluate(variables, taken) : template;
    if (!template || typeof template !== 'object') return template;
    const value = Array.isArray(template) ? [] : {};
    for (const [key, inner] of Object.entries(template))
      value[key] = await this.evaluate(inner, `${field}/${key}`, variables, taken);
    return value;
  }
}
