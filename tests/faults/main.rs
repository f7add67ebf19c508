//! Every AWS call of every function going wrong in every way, and every function killed: over the
//! whole machine, one instance comes all the same, or a named state says why not.
//!
//! What each combination ends in is kept in `docs/faults.md`; the suite runs a fifth of them and
//! fails where one ends otherwise. `cargo xtask faults` runs all and writes the page anew.
//! `cargo xtask faults --pairs N --seed S` draws two faults at once instead, in executions that run
//! next to each other.

mod combination;
mod lane;
mod outcome;
mod page;
mod pairs;
mod scenario;

use std::{process::ExitCode, sync::Arc};

use anyhow::Result;
use spotmanager_testbed::Suite;

use crate::{combination::Combination, lane::Lanes, page::Page};

fn main() -> Result<ExitCode> {
    let page = Arc::new(Page::default());
    let asked_for = pairs::asked_for()?;
    if let Some(asked_for) = asked_for {
        return spotmanager_testbed::run("faults", |suite| {
            suite.at_once(lane::AT_ONCE);
            pairs::add(suite, asked_for);
        });
    }
    let combinations = combination::all();
    let code = spotmanager_testbed::run("faults", |suite| {
        suite.at_once(lane::AT_ONCE);
        let lanes = Arc::new(Lanes::default());
        let every = if page::is_to_be_written() { 1 } else { 5 };
        for (place, combination) in combinations.into_iter().enumerate().step_by(every) {
            if combination.is_a_race() && !page::is_to_be_written() {
                continue;
            }
            add(suite, place, combination, &lanes, &page);
        }
    })?;
    page.compare_or_write()?;
    Ok(code)
}

fn add(
    suite: &mut Suite,
    place: usize,
    combination: Combination,
    lanes: &Arc<Lanes>,
    page: &Arc<Page>,
) {
    let (lanes, page) = (Arc::clone(lanes), Arc::clone(page));
    suite.test(&combination.to_string(), async move |stage| {
        let lane = lanes.take(stage, combination.scenario).await?;
        let outcome = lane.run(stage, &combination).await?;
        page.add(place, &combination, &outcome);
        outcome.expect_right(&combination)?;
        lanes.give_back(lane);
        Ok(())
    });
}
