//! What was called.

use std::sync::{Arc, Mutex, PoisonError};

use crate::front::request::Request;

/// A call that reached the front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedCall {
    /// The service's signing name, such as `autoscaling`.
    pub service: String,
    /// The action, such as `ExecutePolicy`; empty where the protocol puts it into the path.
    pub action: String,
    /// The program that called, such as `spotmanager-scale`, where its user agent names one.
    pub program: Option<String>,
    /// The Lambda function that called, if one did.
    pub function: Option<String>,
    /// What was sent: JSON, or a form in the query protocol; empty for other protocols.
    pub body: String,
}

/// Every call that reached the front, in its order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Calls(Arc<Mutex<Vec<RecordedCall>>>);

impl Calls {
    pub(crate) fn record(&self, request: &Request, body: &[u8]) {
        let call = RecordedCall {
            service: request.service.clone(),
            action: request.action.clone(),
            program: request.program.clone(),
            function: request.function.clone(),
            body: if request.action.is_empty() {
                String::new()
            } else {
                String::from_utf8_lossy(body).into_owned()
            },
        };
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(call);
    }

    pub(crate) fn list(&self) -> Vec<RecordedCall> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
