//! Faults that are switched on for single calls.
//! See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/CommonErrors.html>.

use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;

use crate::{reply::Reply, request::Request};

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is refused, and has no effect.
    AccessDenied,
    /// It takes effect, and its answer is lost: the caller sees a server error.
    AnswerLost,
}

impl Fault {
    pub(crate) fn reply(self) -> Reply {
        match self {
            Self::AccessDenied => Reply {
                status: StatusCode::FORBIDDEN,
                ..Reply::auto_scaling_error("AccessDenied", "The role does not allow the action.")
            },
            Self::AnswerLost => Reply {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                ..Reply::auto_scaling_error("InternalFailure", "The request processing has failed.")
            },
        }
    }
}

#[derive(Debug)]
struct Planned {
    action: String,
    group: String,
    fault: Fault,
    times: usize,
}

/// The faults of Auto Scaling's calls, by action and group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults(Arc<Mutex<Vec<Planned>>>);

impl Faults {
    pub(crate) fn plan(&self, action: &str, group: &str, fault: Fault, times: usize) {
        let planned = Planned {
            action: action.to_owned(),
            group: group.to_owned(),
            fault,
            times,
        };
        self.lock().push(planned);
    }

    /// The fault of this call, which is used up by it.
    pub(crate) fn take(&self, request: &Request) -> Option<Fault> {
        let group = request.get("AutoScalingGroupName")?;
        let mut planned = self.lock();
        let fault = planned.iter_mut().find(|planned| {
            planned.times > 0 && planned.action == request.action && planned.group == group
        })?;
        fault.times -= 1;
        Some(fault.fault)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Planned>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
