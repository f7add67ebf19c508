//! The command line of a replay.

use clap::Args;

/// Whose dead letters are replayed, and who says so.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// The stack of SpotManager itself.
    #[arg(long, value_name = "NAME", default_value = "spotmanager")]
    pub(crate) spotmanager_stack: String,
    /// Replays without asking.
    #[arg(long, conflicts_with = "list")]
    pub(crate) yes: bool,
    /// Lists the dead letters, and leaves all of them in the queue.
    #[arg(long)]
    pub(crate) list: bool,
    /// Deletes the notices that the notifications topic did not get. The function start does not
    /// take them, so without this option they stay in the queue.
    #[arg(long, conflicts_with = "list")]
    pub(crate) discard_notices: bool,
}
