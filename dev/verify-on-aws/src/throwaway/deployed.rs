//! The deployment's parts.

/// What is deployed, by what AWS calls it.
#[derive(Clone, Debug)]
pub(crate) struct Deployed {
    pub(crate) state_machine_arn: String,
    pub(crate) dead_letter_queue_url: String,
    pub(crate) inbox_url: String,
    pub(crate) jobs_queue_url: String,
    pub(crate) jobs_alarm: String,
    pub(crate) no_jobs_alarm: String,
    /// The spot group and the on-demand group.
    pub(crate) groups: [String; 2],
}
