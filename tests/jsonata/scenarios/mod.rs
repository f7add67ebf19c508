//! The scenarios: together they take every branch of the definition.

mod capacity;
mod decision;
mod errors;
mod evaluation;
mod failures;
mod losses;
mod outcome;
mod return_to_spot;
mod rounds;

use crate::scenario::Scenario;

pub(crate) fn all() -> Vec<Scenario> {
    [
        decision::scenarios(),
        evaluation::scenarios(),
        capacity::scenarios(),
        losses::scenarios(),
        return_to_spot::scenarios(),
        rounds::scenarios(),
        errors::scenarios(),
        failures::scenarios(),
        outcome::scenarios(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
