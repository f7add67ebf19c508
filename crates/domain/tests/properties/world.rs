//! A simulated pair of groups, and executions that run on it by the flow's steps.
//!
//! [`Scenario`] is what is drawn: the groups, the market, the queue, what goes wrong. [`run`] plays
//! it, and [`Course`] is what came of it, visit by visit.

mod course;
mod draw;
mod group;
mod groups;
mod launch;
mod pair;
mod run;
mod scale;
mod several;
mod visit;

pub(crate) use course::{Call, Course, RoundCourse, Sizes, Visit};
pub(crate) use draw::any_scenario;
pub(crate) use group::SimulatedGroup;
pub(crate) use groups::Groups;
pub(crate) use run::run;
pub(crate) use several::{
    Course as SeveralCourse, Ended, Kind, Several, any_several, at_once, group, play,
};

use spotmanager_domain::{
    LossKind, Market, Purpose,
    flow::{Others, Replacement},
    settings::LaunchBy,
};

/// What is drawn of a world and of the executions in it.
#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    pub(crate) spot: SimulatedGroup,
    pub(crate) on_demand: SimulatedGroup,
    pub(crate) purpose: Purpose,
    pub(crate) loss: Option<LossKind>,
    /// Whether the lost instance is in its group until it is detached, or leaves it before.
    pub(crate) is_there: bool,
    pub(crate) dry_run: bool,
    /// Whether another execution leads the pair.
    pub(crate) is_led: bool,
    /// The queue's visible messages in each round, the last number in all further ones; without a
    /// queue there is none.
    pub(crate) messages: Vec<u64>,
    pub(crate) max_rounds: u32,
    pub(crate) launch_by: LaunchBy,
    /// The most that both groups may have together.
    pub(crate) maximum_of_both: Option<u32>,
    /// Whether spot is cheap in each round; after that it is not.
    pub(crate) is_cheap: Vec<bool>,
    /// How the functions fare, visit by visit; after that well.
    pub(crate) faults: Vec<Fault>,
    /// What others do with the groups, wait by wait.
    pub(crate) others: Vec<Option<Change>>,
    /// How many checks spot and on-demand have time for.
    pub(crate) patience: [u32; 2],
    /// How long a visit takes, seconds.
    pub(crate) visit_seconds: u32,
    /// The executions that run next to it.
    pub(crate) next_to: Others,
    /// What each check finds of the execution that a rebalance recommendation started, the last one in
    /// all further checks; without one there is none.
    pub(crate) replacements: Vec<Replacement>,
}

/// How a function fares, after its retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// It fails with this error, before it has changed anything.
    Refused(&'static str),
    /// Its answer is lost, after its change or before.
    Lost {
        took_effect: bool,
    },
    /// It is killed after its change, and runs again.
    Repeated,
}

/// What another client does with a group.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    pub(crate) market: Market,
    /// How much more it asks for.
    pub(crate) by: i32,
    /// By how much it lowers MaxSize.
    pub(crate) lowers_max_size_by: i32,
}
