//! What a policy is played over.

use crate::{Fleet, Jobs, Timings, Trace};

/// What every policy is played with.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// One for each Availability Zone that the spot group has subnets in.
    pub traces: &'a [Trace],
    /// When jobs come.
    pub jobs: Jobs,
    /// How long things take.
    pub timings: Timings,
    /// How many instances the groups may have.
    pub fleet: Fleet,
}
