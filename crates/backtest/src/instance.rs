//! An instance of a simulated group.

/// An instance, from its launch on.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    /// Its id, which no other of its group has.
    pub(crate) id: String,
    /// Which trace; none for on-demand.
    pub(crate) zone: Option<usize>,
    pub(crate) in_service_at: u64,
    /// When EC2 takes it back, once it has said so.
    pub(crate) reclaimed_at: Option<u64>,
    /// Whether it still counts in the group.
    pub(crate) detached: bool,
    /// What is left of its job, and the job's number.
    pub(crate) job: Option<(u64, usize)>,
}

impl Instance {
    pub(crate) fn serves(&self, now: u64) -> bool {
        self.in_service_at <= now
    }

    /// Whether it is in this zone, and EC2 has not said that it takes it back.
    pub(crate) fn stays_in(&self, zone: usize) -> bool {
        self.zone == Some(zone) && self.reclaimed_at.is_none()
    }
}
