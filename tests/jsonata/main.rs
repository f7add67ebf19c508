//! The state machine on the reference JSONata, which Step Functions implements: every branch of it.
//!
//! The flow in Rust plays executions, and answers for the functions; the machine has to go the same
//! way, and to send the same. `machine.mjs` interprets the Amazon States Language under AWS's rules
//! and evaluates every expression with the npm package `jsonata`. Without Node.js and that package
//! the tests are ignored.

#![expect(
    clippy::unwrap_used,
    reason = "a definition or a value that cannot be read fails the test"
)]

mod arguments;
mod definition;
mod errors;
mod execution;
mod functions;
mod node;
mod play;
mod player;
mod reports;
mod rules;
mod samples;
mod visit;
mod ways;

use std::{collections::BTreeSet, process::ExitCode, sync::LazyLock};

use libtest_mimic::{Arguments, Trial};
use serde_json::{Value, json};

use execution::Execution;
use node::Answer;
use play::Play;

/// Every execution, with what it is to go through.
static PLAYED: LazyLock<Vec<(Execution, Play)>> = LazyLock::new(|| {
    let ways = ways::executions();
    let failing = errors::executions(&ways);
    let all = ways.into_iter().chain(failing);
    all.map(|execution| {
        let play = player::play(&execution);
        (execution, play)
    })
    .collect()
});

/// The answers: of the state machine first, then of each rule.
static ANSWERS: LazyLock<Result<Vec<Answer>, String>> = LazyLock::new(|| {
    let executions = PLAYED.iter();
    let executions = executions.map(|(execution, play)| execution.document(&play.tasks));
    let executions: Vec<_> = executions.collect();
    let machine = json!({"definition": definition::deployed(), "executions": executions});
    let rules = rules::all();
    let rules = rules.iter().map(|rule| rule.document());
    let machines: Vec<_> = [machine].into_iter().chain(rules).collect();
    node::run(&json!(machines))
});

fn answer(number: usize) -> Result<&'static Answer, String> {
    let answers = ANSWERS.as_ref().map_err(Clone::clone)?;
    let answer = answers.get(number);
    answer.ok_or_else(|| "the interpreter gave no answer".to_owned())
}

/// The machine's answer, if the interpreter knows all of its definition.
fn machine() -> Result<&'static Answer, String> {
    let machine = answer(0)?;
    match &machine.refused {
        Some(why) => Err(why.clone()),
        None => Ok(machine),
    }
}

fn every_branch_is_taken() -> Result<(), String> {
    let machine = machine()?;
    let taken: BTreeSet<_> = machine
        .runs
        .iter()
        .flat_map(|run| run.branches.union(&run.arms).cloned())
        .collect();
    let mut branches = definition::branches(&definition::deployed());
    branches.extend(machine.arms.iter().cloned());
    let missing: Vec<_> = branches.difference(&taken).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!("no execution takes {missing:#?}"))
}

/// The states in which the flow says that something failed.
fn every_state_that_the_flow_names_is_one_of_the_machine() -> Result<(), String> {
    let definition = definition::deployed();
    let mut named = BTreeSet::new();
    for task in PLAYED.iter().flat_map(|(_, play)| &play.tasks) {
        failed_states(&task.answer, &mut named);
    }
    let is_unknown = |state: &&&str| definition["States"].get(**state).is_none();
    let unknown: Vec<_> = named.iter().filter(is_unknown).collect();
    if unknown.is_empty() && named.len() > 4 {
        return Ok(());
    }
    Err(format!("{unknown:?} of {named:?}"))
}

fn failed_states<'a>(value: &'a Value, named: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(fields) => {
            let names = ["failed_in", "spot_failed_in"].map(|name| fields.get(name));
            named.extend(names.into_iter().flatten().filter_map(Value::as_str));
            fields
                .values()
                .for_each(|field| failed_states(field, named));
        }
        Value::Array(items) => items.iter().for_each(|item| failed_states(item, named)),
        _ => {}
    }
}

fn trial(name: String, run: impl FnOnce() -> Result<(), String> + Send + 'static) -> Trial {
    Trial::test(name, move || Ok(run()?))
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = vec![trial(
        "every branch of the definition is taken".into(),
        every_branch_is_taken,
    )];
    for (i, (execution, play)) in PLAYED.iter().enumerate() {
        trials.push(trial(format!("machine: {}", execution.name), move || {
            play.check(execution, &machine()?.runs[i])
        }));
    }
    for (i, rule) in rules::all().into_iter().enumerate() {
        let name = format!("rule: {}", rule.rule);
        trials.push(trial(name, move || rule.check(answer(i + 1)?)));
    }
    let installed = node::is_installed();
    let mut trials: Vec<_> = trials
        .into_iter()
        .map(|trial| trial.with_ignored_flag(!installed))
        .collect();
    trials.push(trial(
        "every state that the flow names is one of the machine".into(),
        every_state_that_the_flow_names_is_one_of_the_machine,
    ));
    libtest_mimic::run(&arguments, trials).exit_code()
}
