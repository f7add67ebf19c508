//! How an execution should go and end.

use anyhow::{Context, Result, ensure};
use spotmanager_cli::Story;
use spotmanager_testbed::{ExecutionHistory, GroupSize};

use crate::{
    groups::{self, Sizes},
    stage::Stage,
};

/// Spot is cheap, and the spot group scales up.
pub(super) const SPOT: Expected = Expected {
    reason: "SPOT_WITHIN_LIMIT",
    visited: &[],
    in_service: (1, 0),
};
/// Spot is above the limit, and the on-demand group scales up.
pub(super) const ON_DEMAND: Expected = Expected {
    reason: "SPOT_ABOVE_LIMIT",
    visited: &[],
    in_service: (0, 1),
};
/// Spot is cheap and cannot be had.
pub(super) const NO_SPOT_CAPACITY: Expected = Expected {
    reason: "SPOT_WITHIN_LIMIT",
    visited: &["StandDownSpot"],
    in_service: (0, 1),
};

/// How an execution should go and end.
pub(super) struct Expected {
    /// The last decision's reason.
    pub(super) reason: &'static str,
    pub(super) visited: &'static [&'static str],
    /// Instances in service, spot and on-demand.
    pub(super) in_service: (usize, usize),
}

impl Expected {
    /// Tells an execution that has ended and what became of the groups since `before`, and checks
    /// both.
    pub(super) async fn check(
        &self,
        stage: &Stage<'_>,
        history: &ExecutionHistory,
        before: Sizes,
    ) -> Result<()> {
        let after = Sizes::now(stage).await?;
        print!("{}", Story::of(history));
        println!("{}", groups::table(stage, before, after).trim_fmt());

        ensure!(
            history.status == "SUCCEEDED",
            "the execution {}",
            history.status
        );
        let reason = history
            .output_of("Evaluate")
            .and_then(|output| output.pointer("/verdict/reason")?.as_str())
            .context("the execution made no decision")?;
        ensure!(
            reason == self.reason,
            "the reason is {reason} instead of {}",
            self.reason
        );
        for state in self.visited {
            ensure!(
                history.states().contains(state),
                "the execution did not visit {state}"
            );
        }
        let (spot, on_demand) = self.in_service;
        let wanted = Sizes {
            spot: GroupSize::settled(spot),
            on_demand: GroupSize::settled(on_demand),
        };
        ensure!(
            after == wanted,
            "the groups are {after:?} instead of {wanted:?}"
        );
        Ok(())
    }
}
