//! When which alarm is delivered.

use fastrand::Rng;
use serde_json::json;

use crate::load::Load;

/// A message of an alarm's transition, as SNS delivers it once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Delivery {
    /// When, seconds of AWS after the first may come.
    pub(crate) at_seconds: f64,
    /// The stack's number.
    pub(crate) stack: usize,
    /// Which of the stack's transitions.
    transition: usize,
}

impl Delivery {
    /// CloudWatch's message, by whose time a transition is told from another.
    pub(crate) fn message(&self) -> String {
        let (minute, second) = (self.transition / 60, self.transition % 60);
        let alarm = format!("load-{}", self.stack);
        json!({
            "AlarmName": alarm,
            "AlarmArn": format!("arn:aws:cloudwatch:us-east-1:000000000000:alarm:{alarm}"),
            "NewStateValue": "ALARM",
            "NewStateReason": "Threshold Crossed",
            "StateChangeTime": format!("2026-01-01T00:{minute:02}:{second:02}.000+0000"),
        })
        .to_string()
    }
}

/// Every transition one to three times, each at any time, in the order of their times.
pub(crate) fn draw(load: &Load) -> Vec<Delivery> {
    let mut random = Rng::with_seed(load.seed);
    let mut deliveries = Vec::new();
    for stack in 0..load.stacks {
        for transition in 0..load.per_stack() {
            for _ in 0..random.usize(1..=3) {
                deliveries.push(Delivery {
                    at_seconds: random.f64() * load.within_seconds,
                    stack,
                    transition,
                });
            }
        }
    }
    deliveries.sort_by(|a, b| a.at_seconds.total_cmp(&b.at_seconds));
    deliveries
}
