//! The way between callers and the front: how long a call is on it, and how much comes back.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    body::{Body, HttpBody},
    http::Response,
};
use tokio::time::sleep;

/// The way of every call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wire(Arc<Figures>);

#[derive(Debug, Default)]
struct Figures {
    delay_milliseconds: AtomicU64,
    replied_bytes: AtomicU64,
}

impl Wire {
    /// Makes every further call longer.
    pub(crate) fn delay(&self, by: Duration) {
        let milliseconds = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.0
            .delay_milliseconds
            .store(milliseconds, Ordering::Relaxed);
    }

    /// Takes the time that a call is on its way.
    pub(crate) async fn pass(&self) {
        let milliseconds = self.0.delay_milliseconds.load(Ordering::Relaxed);
        if milliseconds > 0 {
            sleep(Duration::from_millis(milliseconds)).await;
        }
    }

    /// Counts a reply, whose length is known once it is whole.
    pub(crate) fn note(&self, reply: &Response<Body>) {
        let bytes = reply.body().size_hint().lower();
        self.0.replied_bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn replied_bytes(&self) -> u64 {
        self.0.replied_bytes.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reply_counts_by_its_length() {
        let wire = Wire::default();
        wire.note(&Response::new(Body::from("1234")));
        wire.note(&Response::new(Body::empty()));
        wire.note(&Response::new(Body::from("56")));
        assert_eq!(wire.replied_bytes(), 6);
    }
}
