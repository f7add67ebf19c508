// Reads a definition, and refuses every part of the language that this interpreter does not have.
// https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html
import { Expressions, Refusal } from './expression.mjs';

// The fields of each part; those with a ! must be there.
const FIELDS = {
  machine: 'Comment QueryLanguage! StartAt! TimeoutSeconds States!',
  Task: 'Comment Type Resource! Arguments! TimeoutSeconds! Assign Output Retry Catch Next!',
  Choice: 'Comment Type Choices! Assign Default!',
  Wait: 'Comment Type Seconds! Assign Next!',
  Pass: 'Comment Type Assign Output Next!',
  Succeed: 'Comment Type Output',
  Fail: 'Comment Type Error! Cause!',
  Choices: 'Comment Condition! Assign Output Next!',
  Catch: 'Comment ErrorEquals! Assign Output Next!',
  Retry: 'Comment ErrorEquals! IntervalSeconds! BackoffRate! MaxAttempts! MaxDelaySeconds JitterStrategy',
  'lambda:invoke': 'FunctionName! Payload!',
  'events:putEvents': 'Entries!',
  'sns:publish': 'TopicArn! Subject! Message!',
  'states:startExecution': 'StateMachineArn! Name! Input!',
};

/** The API of an integration: https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html */
export const api = (resource) => resource.replace(/^arn:aws[a-z-]*:states:::/, '');

function fields(kind, value, at) {
  if (!FIELDS[kind]) throw new Refusal(`${at}: ${kind} is not known here`);
  const known = FIELDS[kind].split(' ');
  for (const field of Object.keys(value))
    if (!known.includes(field) && !known.includes(`${field}!`)) throw new Refusal(`${at}: ${field} is not known here`);
  for (const field of known)
    if (field.endsWith('!') && !(field.slice(0, -1) in value)) throw new Refusal(`${at}: ${field} is missing`);
}

// https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html#variable-name-syntax
function names(assign, at) {
  for (const name of Object.keys(assign ?? {}))
    if (!/^\p{ID_Start}\p{ID_Continue}{0,79}$/u.test(name) || name === 'states')
      throw new Refusal(`${at}: ${name} is not a variable's name`);
}

// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
function errors(errors, isLast, at) {
  if (errors.includes('States.ALL') && (errors.length > 1 || !isLast))
    throw new Refusal(`${at}: States.ALL should stand alone, in the last place`);
  const unknown = errors.find((error) => error.startsWith('States.') && !/\.(ALL|Timeout)$/.test(error));
  if (unknown) throw new Refusal(`${at}: ${unknown} is not known here`);
}

/** The definition with its expressions compiled. */
export function read(definition) {
  const expressions = new Expressions();
  fields('machine', definition, 'the definition');
  if (definition.QueryLanguage !== 'JSONata') throw new Refusal('QueryLanguage should be JSONata');
  const part = (kind, value, at, given) => {
    fields(kind, value, at);
    names(value.Assign, at);
    for (const field of ['Arguments', 'Condition', 'Seconds', 'Error', 'Cause', 'Assign', 'Output'])
      expressions.add(value[field], `${at}/${field}`, ['Assign', 'Output'].includes(field) ? given : []);
    for (const next of [value.Next, value.Default])
      if (next && !definition.States[next]) throw new Refusal(`${at}: there is no state ${next}`);
  };
  for (const [name, state] of Object.entries(definition.States)) {
    part(state.Type, state, name, state.Type === 'Task' ? ['result'] : []);
    if (state.Type === 'Task') fields(api(state.Resource), state.Arguments, name);
    for (const kind of ['Choices', 'Catch', 'Retry'])
      for (const [i, value] of (state[kind] ?? []).entries()) {
        const at = `${name}/${kind}/${i}`;
        part(kind, value, at, kind === 'Catch' ? ['errorOutput'] : []);
        errors(value.ErrorEquals ?? [], i === state[kind].length - 1, at);
      }
  }
  return { definition, expressions };
}
