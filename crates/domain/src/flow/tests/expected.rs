//! What a round that is played has come to.

use serde_json::{Value, json};

use super::played::Played;
use crate::{Market, ScaleAction, flow::Step, testing::machine::Machine};

impl Played {
    /// It is in this state now.
    #[track_caller]
    pub(super) fn at(self, state: &str) -> Self {
        assert_eq!(self.machine.step.state(), state, "{:?}", self.machine.step);
        self
    }

    /// The states so far, of which the first is Evaluate.
    #[track_caller]
    pub(super) fn came_by(self, states: &str) -> Self {
        let expected: Vec<_> = states.split_whitespace().collect();
        assert_eq!(self.machine.states[1..], expected);
        self
    }

    /// The group that scales up, and how.
    #[track_caller]
    pub(super) fn scales_up(self, market: Market, honor_cooldown: bool, is_first: bool) -> Self {
        let expected = ScaleAction::ScaleUp {
            market,
            honor_cooldown,
            is_first,
        };
        assert_eq!(self.action(), &expected);
        self.at("ScaleUp")
    }

    /// The group whose DesiredCapacity is raised, from what to what.
    #[track_caller]
    pub(super) fn raises(self, market: Market, from: i32, to: i32) -> Self {
        let expected = ScaleAction::RaiseCapacity { market, from, to };
        assert_eq!(self.action(), &expected);
        self.at("ScaleUp")
    }

    /// On-demand is waited for in addition: DesiredCapacity before and after, and seconds waited at
    /// the wait's end. Without them it is not.
    #[track_caller]
    pub(super) fn in_addition(self, expected: Option<(i32, i32, u32)>) -> Self {
        let progress = self.machine.step.progress().unwrap();
        let found = progress.in_addition.as_ref().map(|attempt| {
            assert_eq!((attempt.market, attempt.unclear), (Market::OnDemand, 0));
            let target = attempt.target_capacity.unwrap();
            (attempt.baseline_capacity, target, attempt.waited_seconds)
        });
        assert_eq!(found, expected);
        self
    }

    /// What the wait is for: DesiredCapacity before and after, and seconds waited at its end.
    #[track_caller]
    pub(super) fn waits(
        self,
        market: Market,
        baseline: i32,
        target: Option<i32>,
        waited: u32,
    ) -> Self {
        let Step::WaitForCapacity {
            seconds, progress, ..
        } = &self.machine.step
        else {
            panic!("{:?} is no wait", self.machine.step);
        };
        assert_eq!(*seconds, self.discovery.settings.verify_interval_seconds);
        let attempt = progress.attempt.as_ref().unwrap();
        assert_eq!(attempt.market, market);
        assert_eq!(
            (attempt.baseline_capacity, attempt.target_capacity),
            (baseline, target)
        );
        assert_eq!((attempt.waited_seconds, attempt.unclear), (waited, 0));
        self
    }

    /// What standing down goes back to.
    #[track_caller]
    pub(super) fn stands_down_to(self, baseline: i32) -> Self {
        let Machine { step, failure, .. } = &self.machine;
        let Some(ScaleAction::StandDown {
            baseline_capacity, ..
        }) = step.action()
        else {
            panic!("{step:?} is no stand-down");
        };
        let flow = self.flow();
        let goes_back_to = flow.stand_down_baseline(*baseline_capacity, step, failure);
        assert_eq!(goes_back_to, baseline);
        self
    }

    /// How much of what it was seen to ask for the spot group takes back.
    #[track_caller]
    pub(super) fn takes_back(self, from: i32, by: i32) -> Self {
        assert_eq!(self.action(), &ScaleAction::TakeBack { from, by });
        self.at("StandDownSpot")
    }

    /// The group whose DesiredCapacity is lowered, from what to what.
    #[track_caller]
    pub(super) fn lowers(self, market: Market, from: i32, to: i32) -> Self {
        let expected = ScaleAction::LowerCapacity { market, from, to };
        assert_eq!(self.action(), &expected);
        self.at(match market {
            Market::Spot => "StandDownSpot",
            Market::OnDemand => "ScaleDownOnDemand",
        })
    }

    /// The last event of this type.
    #[track_caller]
    pub(super) fn sent(&self, detail_type: &str) -> &Value {
        let detail_type = format!("SpotManager {detail_type}");
        let mut sent = self.machine.sent.iter().rev();
        let event = sent.find(|event| event["DetailType"] == detail_type.as_str());
        &event.unwrap_or_else(|| panic!("no {detail_type}"))["Detail"]
    }

    /// The last event of this type has these fields, a `null` for one that is absent.
    #[track_caller]
    pub(super) fn says(self, detail_type: &str, fields: Value) -> Self {
        let sent = self.sent(detail_type);
        for (name, value) in fields.as_object().unwrap() {
            assert_eq!(&sent[name], value, "{name} of {sent}");
            assert_eq!(sent.get(name).is_none(), value.is_null(), "{name}");
        }
        self
    }

    /// The last event of this type is this, apart from what the state machine adds to each.
    #[track_caller]
    pub(super) fn says_all(self, detail_type: &str, detail: Value) -> Self {
        assert_eq!(self.sent(detail_type), &detail);
        self
    }

    /// Exactly these events were sent, in this order.
    #[track_caller]
    pub(super) fn reported(self, detail_types: &str) -> Self {
        let sent = self.machine.sent.iter();
        let types: Vec<_> = sent
            .map(|event| event["DetailType"].as_str().unwrap())
            .map(|name| name.strip_prefix("SpotManager ").unwrap())
            .collect();
        assert_eq!(types.join(" "), detail_types);
        self
    }

    /// The last message says that this failed, and what it means.
    #[track_caller]
    pub(super) fn notified(self, error: &str, state: &str, consequence: &str) -> Self {
        let message = self.machine.messages.last().unwrap();
        let failure = &message.failure;
        assert_eq!(
            (failure.error.as_str(), failure.state.as_str()),
            (error, state)
        );
        assert_eq!(message.consequence, consequence);
        self
    }

    /// The execution has failed with this.
    #[track_caller]
    pub(super) fn failed(self, error: &str, cause: &str, state: &str) -> Self {
        let failure = &self.machine.failure;
        assert_eq!(
            (failure.error.as_str(), failure.cause.as_str()),
            (error, cause)
        );
        let failure = json!({"error": error, "cause": cause, "state": state});
        self.at("Failed")
            .says_all("Failure", json!({"failure": failure}))
    }
}
