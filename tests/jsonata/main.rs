//! The state machine on the reference JSONata, which Step Functions implements: every branch of it.
//!
//! `machine.mjs` interprets the Amazon States Language under AWS's rules and evaluates every
//! expression with the npm package `jsonata`. Without Node.js and that package the tests are
//! ignored.

#![expect(
    clippy::unwrap_used,
    reason = "a definition or a value that cannot be read fails the test"
)]

mod arguments;
mod definition;
mod node;
mod rules;
mod samples;
mod scenario;
mod scenarios;
mod steps;

use std::{collections::BTreeSet, process::ExitCode, sync::LazyLock};

use libtest_mimic::{Arguments, Trial};
use serde_json::{Value, json};

use node::Answer;

/// The answers: of the state machine first, of the previous release's then, then of each rule.
static ANSWERS: LazyLock<Result<Vec<Answer>, String>> = LazyLock::new(|| {
    let scenarios = scenarios::all();
    let scenarios: Vec<Value> = scenarios.iter().map(|one| one.document()).collect();
    let machines = [definition::deployed(), definition::previous()]
        .map(|definition| json!({"definition": definition, "scenarios": scenarios}));
    let rules = rules::all();
    let rules = rules.iter().map(|rule| rule.document());
    node::run(&json!(
        machines.into_iter().chain(rules).collect::<Vec<_>>()
    ))
});

fn answer(number: usize) -> Result<&'static Answer, String> {
    let answers = ANSWERS.as_ref().map_err(Clone::clone)?;
    let answer = answers.get(number);
    answer.ok_or_else(|| "the interpreter gave no answer".to_owned())
}

/// The machine's answer, if the interpreter knows all of its definition.
fn machine() -> Result<&'static Answer, String> {
    known(0)
}

fn known(number: usize) -> Result<&'static Answer, String> {
    let machine = answer(number)?;
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
    Err(format!("no scenario takes {missing:#?}"))
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
    for (i, scenario) in scenarios::all().into_iter().enumerate() {
        let name = format!("machine: {}", scenario.name);
        trials.push(trial(name, move || {
            let (machine, previous) = (machine()?, known(1)?);
            scenario.check(&machine.runs[i])?;
            let checked = scenario.check_previous(&previous.runs[i]);
            checked.map_err(|error| format!("the previous release's definition: {error}"))
        }));
    }
    for (i, rule) in rules::all().into_iter().enumerate() {
        let name = format!("rule: {}", rule.rule);
        trials.push(trial(name, move || rule.check(answer(i + 2)?)));
    }
    let installed = node::is_installed();
    let trials = trials.into_iter();
    let trials = trials.map(|trial| trial.with_ignored_flag(!installed));
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}
