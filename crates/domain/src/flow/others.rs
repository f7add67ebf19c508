//! Executions of the same pair of groups that run next to this one.
//!
//! Each of them asks in a way that adds to what others ask for. Taking back is not as harmless: what
//! a group lacks may be another's. So a return to spot takes back only what it asked for itself, and
//! of all others the one that began first hands on to on-demand what spot lacks, for all of them.

use super::{Attempt, Flow};

/// How many checks at most an execution leaves a group without hope to those that began before it.
pub const MOST_CHECKS_LEFT_TO_OTHERS: u32 = 24;
/// Of these, how many for each of them: one to see it, and one to act.
const CHECKS_FOR_EACH: u32 = 2;
/// And how many for a return to spot, which gives way at its next check.
const CHECKS_FOR_A_RETURN: u32 = 8;

/// The executions of the same pair of groups that run in earnest next to this one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Others {
    /// How many of them began before this one, returns to spot aside.
    pub before: u32,
    /// How many of them began after it, returns to spot aside.
    pub after: u32,
    /// How many of them are returns to spot.
    pub returns: u32,
    /// How many others have ended since this round began, returns to spot aside; known only if it matters.
    pub ended: u32,
    /// How many returns to spot have ended since; known only if it matters.
    pub ended_returns: u32,
    /// The on-demand group's DesiredCapacity, in instances or units; absent if it does not matter.
    pub on_demand_desired: Option<i32>,
    /// Whether the instance that EC2 may take back has left its group: the execution of its
    /// interruption warning relies on this one.
    pub lost_has_left: bool,
}

impl Others {
    /// Whether any run.
    #[must_use]
    pub const fn are_there(&self) -> bool {
        self.before > 0 || self.after > 0 || self.returns > 0
    }

    /// Whether any run, or have run since this round began.
    #[must_use]
    pub const fn were_there(&self) -> bool {
        self.are_there() || self.ended > 0 || self.ended_returns > 0
    }

    /// Whether one of them may be about to do the same. It has a few checks for that; then it has
    /// failed, or is busy otherwise.
    pub(super) fn may_act_first(&self, attempt: &Attempt) -> bool {
        let returns = CHECKS_FOR_A_RETURN.saturating_mul(self.returns.min(1));
        let checks = CHECKS_FOR_EACH
            .saturating_mul(self.before)
            .saturating_add(returns);
        attempt.left_to_others < checks.min(MOST_CHECKS_LEFT_TO_OTHERS)
    }
}

impl Flow<'_> {
    /// What the operations topic is notified of if two executions cannot be told apart.
    pub(super) fn cannot_confirm(self) -> String {
        let then = if self.returns() {
            "the spot group may have been raised, and on-demand goes on serving"
        } else {
            "an instance may be missing"
        };
        format!(
            "Its outcome is unknown, and another execution runs for the same groups. Only one of \
             both may have scaled up: {then}."
        )
    }
}
