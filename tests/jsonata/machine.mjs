// Runs executions through state machines as Step Functions does, with the answers of the tasks given.
//
// `node machine.mjs FOLDER`, where FOLDER/node_modules holds jsonata, reads a list of {definition,
// executions}, and writes a list of {refused} or {arms, runs} in the same order.
import { text } from 'node:stream/consumers';
import { api, read } from './definition.mjs';
import { clock, Refusal, StateError } from './expression.mjs';

// https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, bytes
const MAXIMUM_DATA = 256 * 1024;
// https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html#variable-limits, bytes
const MAXIMUM_VARIABLES = 10 * 1024 * 1024;
const MOST_STATES = 1000;

function limited(value, what, most = MAXIMUM_DATA) {
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes > most) throw new StateError('States.DataLimitExceeded', `${what} has ${bytes} bytes of ${most}`);
  return value;
}

const METADATA = { SdkHttpMetadata: { HttpStatusCode: 200 }, SdkResponseMetadata: { RequestId: 'request' } };
/** What a call returns: https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html */
const RESULTS = {
  'lambda:invoke': (payload) => ({ ExecutedVersion: '$LATEST', Payload: payload, ...METADATA, StatusCode: 200 }),
  'events:putEvents': (more) => ({ Entries: [{ EventId: 'event' }], FailedEntryCount: 0, ...METADATA, ...more }),
  'sns:publish': (more) => ({ MessageId: 'message', ...METADATA, ...more }),
  'states:startExecution': (more) => ({ ExecutionArn: 'arn', StartDate: new Date().toISOString(), ...METADATA, ...more }),
};

// States.ALL catches everything but these two:
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
const TERMINAL = ['States.DataLimitExceeded', 'States.Runtime'];

function handlerOf(handlers, error) {
  const handles = (name) => name === error || (name === 'States.ALL' && !TERMINAL.includes(error));
  return (handlers ?? []).findIndex(({ ErrorEquals }) => ErrorEquals.some(handles));
}

class Execution {
  states = [];
  tasks = [];
  /** The expressions that failed, whether or not a Catch took the error. */
  failed = [];
  #branches = new Set();
  #arms = new Set();
  #variables = {};

  constructor({ definition, expressions }, given) {
    Object.assign(this, { definition, expressions, given, answers: [...given.answers] });
  }

  async run() {
    const outcome = await this.#end();
    const { states, tasks, failed } = this;
    return { states, tasks, failed, branches: [...this.#branches], arms: [...this.#arms], ...outcome };
  }

  async #end() {
    clock.milliseconds = Date.parse(this.given.started_at);
    try {
      this.input = limited(this.given.input, 'the input');
      for (let next = this.definition.StartAt; next; ) {
        if (this.states.push(next) > MOST_STATES) throw new Refusal('the execution does not end');
        this.entered = new Date();
        const state = this.definition.States[next];
        next = await this[state.Type](next, state);
      }
      if (this.answers.length) throw new Refusal(`${this.answers[0].state} was not reached`);
      return { output: this.input };
    } catch (thrown) {
      if (thrown instanceof Refusal) return { refused: thrown.message };
      if (!(thrown instanceof StateError)) throw thrown;
      return { error: thrown.error, cause: thrown.cause };
    }
  }

  // https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
  #context(name, retries) {
    const { execution_name: execution, started_at, input, redrive_count } = this.given;
    const arn = 'arn:aws:states:us-east-1:123456789012';
    return {
      Execution: {
        Id: `${arn}:execution:spotmanager:${execution}`,
        Input: input,
        Name: execution,
        RoleArn: 'arn:aws:iam::123456789012:role/spotmanager',
        StartTime: started_at,
        RedriveCount: redrive_count ?? undefined,
        RedriveTime: redrive_count > 0 ? started_at : undefined,
      },
      State: { EnteredTime: this.entered.toISOString(), Name: name, RetryCount: retries },
      StateMachine: { Id: `${arn}:stateMachine:spotmanager`, Name: 'spotmanager' },
    };
  }

  /** A field's value, with the variables as they were on entering the state; `is` says what it may be. */
  async #evaluate(template, field, { is = () => true, retries = 0, ...more } = {}) {
    const context = this.#context(field.split('/')[0], retries);
    const variables = { ...this.#variables, states: { input: this.input, context, ...more } };
    try {
      const value = await this.expressions.evaluate(template, field, variables, this.#arms);
      if (is(value)) return value;
      throw new StateError('States.QueryEvaluationError', `${field} may not be ${JSON.stringify(value)}`, field);
    } catch (thrown) {
      if (thrown instanceof StateError) this.failed.push({ field: thrown.field, cause: thrown.cause });
      throw thrown;
    }
  }

  /**
   * Takes a way out of a state. Both Output and Assign are evaluated before either takes effect:
   * https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html#evaluation-order-in-an-assign-field
   */
  async #leave(branch, next, part, at, byDefault = this.input, more = {}) {
    const output = 'Output' in part ? await this.#evaluate(part.Output, `${at}/Output`, more) : byDefault;
    limited(output, `${at}/Output`);
    // An Assign holds no more than one variable may.
    const assigned = limited(await this.#evaluate(part.Assign ?? {}, `${at}/Assign`, more), `${at}/Assign`);
    this.#variables = limited({ ...this.#variables, ...assigned }, 'the variables', MAXIMUM_VARIABLES);
    this.input = output;
    this.#branches.add(branch);
    return next;
  }

  // https://docs.aws.amazon.com/step-functions/latest/dg/state-succeed.html
  async Succeed(name, state) {
    if ('Output' in state) this.input = limited(await this.#evaluate(state.Output, `${name}/Output`), `${name}/Output`);
  }

  Pass(name, state) {
    return this.#leave(`${name}/Next`, state.Next, state, name);
  }

  // https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html
  async Wait(name, state) {
    const is = (seconds) => Number.isInteger(seconds) && seconds >= 0 && seconds <= 99999999;
    clock.milliseconds += 1000 * (await this.#evaluate(state.Seconds, `${name}/Seconds`, { is }));
    return this.#leave(`${name}/Next`, state.Next, state, name);
  }

  // https://docs.aws.amazon.com/step-functions/latest/dg/state-fail.html
  async Fail(name, state) {
    const is = (value) => typeof value === 'string';
    const error = await this.#evaluate(state.Error, `${name}/Error`, { is });
    throw new StateError(error, await this.#evaluate(state.Cause, `${name}/Cause`, { is }));
  }

  // The state's own Assign is for Default: https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
  // A rule may have an Output: https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_stepfunctions.ChoiceTransitionOptions.html
  async Choice(name, state) {
    const is = (value) => typeof value === 'boolean';
    for (const [i, rule] of state.Choices.entries()) {
      const at = `${name}/Choices/${i}`;
      if (await this.#evaluate(rule.Condition, `${at}/Condition`, { is })) return this.#leave(at, rule.Next, rule, at);
    }
    return this.#leave(`${name}/Default`, state.Default, state, name);
  }

  async Task(name, state) {
    const task = { state: name, api: api(state.Resource) };
    const next = await this.#call(name, state, task).catch((thrown) => this.#caught(name, state, thrown));
    task.output = this.input;
    return next;
  }

  async #call(name, state, task) {
    task.arguments = limited(await this.#evaluate(state.Arguments, `${name}/Arguments`), `${name}/Arguments`);
    this.tasks.push(task);
    const answer = this.answers.shift();
    if (answer?.state !== name) throw new Refusal(`${name} was reached instead of ${answer?.state ?? 'the end'}`);
    if (answer.error) throw new StateError(answer.error, answer.cause ?? undefined);
    const result = limited(RESULTS[task.api](answer.output), `the result of ${name}`);
    // https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html
    if (result.FailedEntryCount > 0) throw new StateError('EventBridge.FailedEntry', JSON.stringify(result));
    return this.#leave(`${name}/Next`, state.Next, state, name, result, { result });
  }

  /** What follows a retrier is the catcher, as if its attempts were used up. */
  async #caught(name, state, thrown) {
    if (!(thrown instanceof StateError)) throw thrown;
    const retrier = handlerOf(state.Retry, thrown.error);
    if (retrier >= 0) this.#branches.add(`${name}/Retry/${retrier}`);
    const catcher = handlerOf(state.Catch, thrown.error);
    if (catcher < 0) throw thrown;
    const at = `${name}/Catch/${catcher}`;
    const errorOutput = JSON.parse(JSON.stringify({ Error: thrown.error, Cause: thrown.cause }));
    const retries = state.Retry?.[retrier]?.MaxAttempts;
    return this.#leave(at, state.Catch[catcher].Next, state.Catch[catcher], at, errorOutput, { errorOutput, retries });
  }
}

const answers = [];
for (const { definition, executions } of JSON.parse(await text(process.stdin))) {
  try {
    const machine = read(definition);
    const runs = [];
    for (const given of executions) runs.push(await new Execution(machine, given).run());
    answers.push({ arms: machine.expressions.arms, runs });
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    answers.push({ refused: thrown.message });
  }
}
process.stdout.write(JSON.stringify(answers));
