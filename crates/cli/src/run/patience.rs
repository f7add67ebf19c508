//! How often, and after how long, a state is tried again: as the state machine's Retry has it.

use std::time::Duration;

use backon::ExponentialBuilder;
use spotmanager_domain::{ErrorName, NamedError};

const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(60);
/// How long a group's cooldown is waited for between two attempts.
const COOLDOWN: Duration = Duration::from_secs(60);

/// How many attempts after the first one are left, by what failed. Each may be made whatever became
/// of the one before: *scale* itself says that an outcome is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Patience {
    throttled: u32,
    transient: u32,
    scaling_in_progress: u32,
    first: Duration,
    longest: Duration,
    /// Between two attempts while the group is in a cooldown; otherwise as after any failure.
    cooldown: Option<Duration>,
}

impl Patience {
    /// That of a state.
    pub(super) fn of(state: &str) -> Self {
        match state {
            "Evaluate" => Self::evaluation(),
            "ScaleUp" | "ScaleDownOnDemand" => Self::policy(),
            "StandDownSpot" => Self::stand_down(),
            _ => Self::step(),
        }
    }

    fn step() -> Self {
        Self {
            throttled: 12,
            transient: 6,
            scaling_in_progress: 0,
            first: FIRST,
            longest: LONGEST,
            cooldown: None,
        }
    }

    /// Prices, for which no job is to wait.
    fn evaluation() -> Self {
        Self {
            throttled: 3,
            transient: 3,
            longest: Duration::from_secs(20),
            ..Self::step()
        }
    }

    /// A scaling policy, which waits for the group's cooldown to end.
    fn policy() -> Self {
        Self {
            scaling_in_progress: 20,
            cooldown: Some(COOLDOWN),
            ..Self::step()
        }
    }

    /// Taking back what spot did not deliver.
    fn stand_down() -> Self {
        Self {
            scaling_in_progress: 6,
            ..Self::step()
        }
    }

    /// The same without a delay.
    #[cfg(test)]
    pub(super) fn at_once(self) -> Self {
        Self {
            first: Duration::ZERO,
            ..self
        }
    }

    pub(super) fn delays(&self) -> ExponentialBuilder {
        // How often is for `allows` to say.
        ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(self.first)
            .with_max_delay(self.longest)
            .without_max_times()
    }

    /// Whether what failed may be tried again; counts it as tried.
    pub(super) fn allows(&mut self, name: ErrorName) -> bool {
        let left = match name {
            ErrorName::Throttled => &mut self.throttled,
            ErrorName::Transient => &mut self.transient,
            ErrorName::ScalingInProgress => &mut self.scaling_in_progress,
            _ => return false,
        };
        match left.checked_sub(1) {
            Some(fewer) => {
                *left = fewer;
                true
            }
            None => false,
        }
    }

    /// How long to wait after an error, where it is not as long as after any. A cooldown ends when it
    /// ends; to ask more seldom each time would only miss it.
    pub(super) fn adjusted<E: NamedError>(
        &self,
    ) -> impl Fn(&E, Option<Duration>) -> Option<Duration> + use<E> {
        let cooldown = self.cooldown;
        move |error, delay| match error.name() {
            ErrorName::ScalingInProgress => cooldown.or(delay),
            _ => delay,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value};

    use super::*;

    /// The state machine's states that invoke a function.
    fn tasks() -> Map<String, Value> {
        let machine = include_str!("../../../../statemachine/spotmanager.asl.json");
        let mut machine: Value = serde_json::from_str(machine).unwrap();
        let states = machine["States"].as_object_mut().unwrap();
        let invokes = |state: &Value| {
            let resource = state["Resource"].as_str();
            resource.is_some_and(|resource| resource.ends_with(":lambda:invoke"))
        };
        states.retain(|_, state| invokes(state));
        states.clone()
    }

    /// How often a state is tried again after an error, and the longest delay.
    fn of_machine(state: &Value, name: ErrorName) -> (u32, u64) {
        let retriers = state["Retry"].as_array().unwrap();
        let named = |retrier: &&Value| {
            let names = retrier["ErrorEquals"].as_array().unwrap();
            names.iter().any(|found| found == name.as_str())
        };
        retriers.iter().find(named).map_or((0, 0), |retrier| {
            let attempts = retrier["MaxAttempts"].as_u64().unwrap();
            let longest = retrier["MaxDelaySeconds"].as_u64().unwrap();
            (u32::try_from(attempts).unwrap(), longest)
        })
    }

    #[test]
    fn each_step_is_tried_as_often_as_the_state_machine_tries_it() {
        let tasks = tasks();
        assert!(tasks.contains_key("ScaleUp"), "{tasks:?}");
        for (state, task) in &tasks {
            let patience = Patience::of(state);
            for (name, tries) in [
                (ErrorName::Throttled, patience.throttled),
                (ErrorName::Transient, patience.transient),
                (ErrorName::ScalingInProgress, patience.scaling_in_progress),
            ] {
                let (attempts, longest) = of_machine(task, name);
                assert_eq!(tries, attempts, "{state}, {}", name.as_str());
                let expected = patience.longest.as_secs();
                assert!(attempts == 0 || longest == expected, "{state}, {longest}");
            }
            let (attempts, _) = of_machine(task, ErrorName::OutcomeUnknown);
            assert_eq!(attempts, 0, "{state}");
        }
    }

    #[test]
    fn what_is_no_matter_of_time_is_not_tried_again() {
        let mut patience = Patience::of("Discover");
        assert!(!patience.allows(ErrorName::AccessDenied));
        assert!(!patience.allows(ErrorName::OutcomeUnknown));
        assert!(!patience.allows(ErrorName::ScalingInProgress));
        let tries = (0..20).filter(|_| patience.allows(ErrorName::Transient));
        assert_eq!(tries.count(), 6);
    }
}
