//! Faults that are switched on for single calls.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{body::Body, http::Response, http::StatusCode};

use crate::front::{empty_page, error_reply::error_reply, request::Request};

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is refused for want of a permission, and has no effect.
    AccessDenied,
    /// It is refused with this code, which asks to call less often, and has no effect.
    Throttled(&'static str),
    /// The service fails with status 500, and the call has no effect.
    InternalFailure,
    /// The service answers with status 503, and the call has no effect.
    Unavailable,
    /// The connection is cut before the call has an effect.
    CutBefore,
    /// The connection is cut after the call took effect.
    CutAfter,
    /// It takes effect, and its answer is lost: the caller sees a server error.
    AnswerLost,
    /// It takes effect, and no answer ever comes.
    NoReply,
    /// The first page of the answer is empty, and names a next one.
    EmptyPage,
    /// The answer is empty.
    EmptyAnswer,
    /// The calling function's process is killed before the call has an effect.
    KilledBefore,
    /// The calling function's process is killed after the call took effect, before it is answered.
    KilledDuring,
    /// The calling function's process is killed as it answers next, before Lambda has the answer.
    KilledAnswering,
}

/// When a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// The call has no effect.
    Before,
    /// The call has taken effect.
    After,
    /// The call has been answered.
    Later,
}

impl Fault {
    pub(crate) fn when(self) -> When {
        match self {
            Self::AccessDenied
            | Self::Throttled(_)
            | Self::InternalFailure
            | Self::Unavailable
            | Self::CutBefore
            | Self::EmptyPage
            | Self::EmptyAnswer
            | Self::KilledBefore => When::Before,
            Self::CutAfter | Self::AnswerLost | Self::NoReply | Self::KilledDuring => When::After,
            Self::KilledAnswering => When::Later,
        }
    }

    /// Whether the caller's process ends with the call.
    pub(crate) fn kills(self) -> bool {
        matches!(self, Self::KilledBefore | Self::KilledDuring)
    }

    /// What the caller sees in the answer's place; `None` where the connection just ends.
    pub(crate) async fn answer(self, request: &Request) -> Option<Response<Body>> {
        let error = |status, code, message| Some(error_reply(request, status, code, message));
        match self {
            Self::AccessDenied => error(
                StatusCode::FORBIDDEN,
                "AccessDenied",
                "The role does not allow the action.",
            ),
            Self::Throttled(code) => error(StatusCode::BAD_REQUEST, code, "Rate exceeded"),
            Self::InternalFailure | Self::AnswerLost => error(
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalFailure",
                "The request processing has failed.",
            ),
            Self::Unavailable => error(
                StatusCode::SERVICE_UNAVAILABLE,
                "ServiceUnavailable",
                "The service cannot answer at present.",
            ),
            Self::EmptyPage => Some(empty_page::with_more_to_come(request)),
            Self::EmptyAnswer => Some(empty_page::without_more(request)),
            Self::NoReply => std::future::pending().await,
            Self::CutBefore
            | Self::CutAfter
            | Self::KilledBefore
            | Self::KilledDuring
            | Self::KilledAnswering => None,
        }
    }
}

/// Whose calls a fault strikes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Calls {
    /// Those on this Auto Scaling group.
    OnGroup(String),
    /// Those of this Lambda function.
    OfFunction(String),
}

impl Calls {
    fn have(&self, request: &Request) -> bool {
        match self {
            Self::OnGroup(name) => ["AutoScalingGroupName", "AutoScalingGroupNames.member.1"]
                .iter()
                .any(|field| request.get(field) == Some(name)),
            Self::OfFunction(name) => request.function.as_ref() == Some(name),
        }
    }
}

#[derive(Debug)]
struct Planned {
    action: String,
    calls: Calls,
    fault: Fault,
    /// How many calls go right before.
    after: usize,
    times: usize,
    struck: usize,
}

/// The faults that are to come.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults(Arc<Mutex<Vec<Planned>>>);

impl Faults {
    /// Lets `times` calls go wrong, after so many.
    pub(crate) fn plan(
        &self,
        action: &str,
        calls: Calls,
        fault: Fault,
        [after, times]: [usize; 2],
    ) {
        let action = action.to_owned();
        self.lock().push(Planned {
            action,
            calls,
            fault,
            after,
            times,
            struck: 0,
        });
    }

    /// The fault of this call, which is used up by it.
    pub(crate) fn take(&self, request: &Request) -> Option<Fault> {
        let mut planned = self.lock();
        let mut theirs = planned.iter_mut().filter(|planned| {
            planned.struck < planned.times
                && planned.action == request.action
                && planned.calls.have(request)
        });
        let fault = theirs.find_map(|planned| match planned.after.checked_sub(1) {
            Some(after) => {
                planned.after = after;
                None
            }
            None => Some(planned),
        })?;
        fault.struck += 1;
        Some(fault.fault)
    }

    /// Takes back what is planned for these calls, and says how many it has struck.
    pub(crate) fn cancel(&self, calls: &Calls) -> usize {
        let mut planned = self.lock();
        let theirs = planned.iter().filter(|planned| planned.calls == *calls);
        let struck = theirs.map(|planned| planned.struck).sum();
        planned.retain(|planned| planned.calls != *calls);
        struck
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Planned>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
