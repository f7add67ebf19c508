//! What asks for capacity, and whether it still does.

use super::{Choice, ReasonCode, Verdict, say};
use crate::backlog::Backlog;

/// What asks for capacity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Demand {
    /// An alarm told of jobs; the queue may be known beside it.
    Alarm(Option<Backlog>),
    /// Capacity came, and the backlog says whether more is needed.
    Backlog(Backlog),
}

impl Demand {
    pub(super) fn backlog(&self) -> Option<&Backlog> {
        match self {
            Self::Alarm(backlog) => backlog.as_ref(),
            Self::Backlog(backlog) => Some(backlog),
        }
    }

    /// Why there is no demand any more.
    pub(super) fn met(&self) -> Option<Verdict> {
        // In the first round the alarm is the authority: the queue's figure is approximate.
        let Self::Backlog(backlog) = self else {
            return None;
        };
        if backlog.is_above_target() {
            return None;
        }
        let (reason, sentence) = if backlog.visible_messages == 0 {
            (ReasonCode::QueueEmpty, "No job waits any more.".to_owned())
        } else {
            (
                ReasonCode::BacklogAtTarget,
                format!(
                    "{}, and {} may.",
                    waiting(backlog),
                    backlog.target_per_instance
                ),
            )
        };
        Some(say(Choice::Nothing, reason, sentence))
    }
}

pub(super) fn waiting(backlog: &Backlog) -> String {
    match backlog.per_instance {
        Some(jobs) => format!(
            "{jobs} jobs wait for each of {} instances",
            backlog.instances
        ),
        None => format!("{} jobs wait without an instance", backlog.visible_messages),
    }
}
