//! Two faults at once, in executions of one pair of groups that run next to each other.
//!
//! What is drawn is the same for the same seed. What has to hold at the end: no event is without its
//! capacity unless somebody was notified, and none has it twice.

mod draw;
mod run;

use std::{env, sync::Arc};

use anyhow::{Context, Result};
use spotmanager_testbed::Suite;

use draw::draw;
use run::Tracks;

/// How many pairs are drawn, and the seed: `2000:7`. Set by `cargo xtask faults --pairs N --seed S`.
const DRAWN: &str = "SPOTMANAGER_FAULT_PAIRS";

/// How many pairs are to be drawn and the seed, if nothing else is to be run.
pub(crate) fn asked_for() -> Result<Option<(usize, u64)>> {
    let Ok(text) = env::var(DRAWN) else {
        return Ok(None);
    };
    let (pairs, seed) = text
        .split_once(':')
        .with_context(|| format!("{DRAWN} is {text}; it should be PAIRS:SEED"))?;
    Ok(Some((pairs.parse()?, seed.parse()?)))
}

/// Adds a test for each pair that is drawn.
pub(crate) fn add(suite: &mut Suite, (pairs, seed): (usize, u64)) {
    let tracks = Arc::new(Tracks::default());
    for (number, drawn) in draw(pairs, seed).into_iter().enumerate() {
        let tracks = Arc::clone(&tracks);
        let name = format!("pair {seed}-{number}: {drawn}");
        suite.test(&name, async move |stage| {
            let track = tracks.take(stage, &drawn).await?;
            track.run(stage, &drawn).await?;
            tracks.give_back(track);
            Ok(())
        });
    }
}
