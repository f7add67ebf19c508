//! The pairs of groups that a deployment serves, and which alarms and topics ask for which.
//!
//! This is where a pair begins: *start* finds which one an event is about, the readers of a stack
//! find its two groups, and everything else gets it from them.

use serde::Deserialize;

use crate::{SettingError, Settings, SettingsOverride, is_stack_name};

/// A pair of groups that the deployment serves, with what is particular to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerPair {
    /// The CloudFormation stack.
    pub stack_name: String,
    /// The alarm that asks for it; absent for every alarm of the topic.
    #[serde(default)]
    pub alarm_name: Option<String>,
    /// The name of the topic that asks for it; absent for every topic. Where both are absent, the
    /// pair is asked for by the stack's own name.
    #[serde(default)]
    pub topic_name: Option<String>,
    /// What holds for this pair otherwise than for the deployment.
    #[serde(default)]
    pub settings: SettingsOverride,
}

impl WorkerPair {
    /// A stack without particulars.
    #[must_use]
    pub fn of(stack_name: &str) -> Self {
        Self {
            stack_name: stack_name.to_owned(),
            ..Self::default()
        }
    }

    /// The logical id of the pair's spot group, nested stacks' ids before it; `deployed` is the
    /// deployment's, where the pair has none of its own.
    #[must_use]
    pub fn spot_group_logical_id<'a>(&'a self, deployed: &'a str) -> &'a str {
        let own = self.settings.spot_group_logical_id.as_deref();
        own.unwrap_or(deployed)
    }

    /// The logical id of the pair's on-demand group, likewise.
    #[must_use]
    pub fn on_demand_group_logical_id<'a>(&'a self, deployed: &'a str) -> &'a str {
        let own = self.settings.on_demand_group_logical_id.as_deref();
        own.unwrap_or(deployed)
    }

    /// The logical id of the pair's queue, likewise; empty for no queue.
    #[must_use]
    pub fn queue_logical_id<'a>(&'a self, deployed: &'a str) -> &'a str {
        let own = self.settings.queue_logical_id.as_deref();
        own.unwrap_or(deployed)
    }

    /// Whether it is the stack's pair by the deployment's own logical ids.
    fn is_main_of(&self, stack_name: &str) -> bool {
        self.stack_name == stack_name && self.settings.spot_group_logical_id.is_none()
    }

    fn is_named(&self) -> bool {
        self.alarm_name.is_some() || self.topic_name.is_some()
    }

    fn is_asked_for_by(&self, alarm_name: &str, topic_name: &str) -> bool {
        let fits =
            |wanted: &Option<String>, found| wanted.as_ref().is_none_or(|wanted| wanted == found);
        self.is_named() && fits(&self.alarm_name, alarm_name) && fits(&self.topic_name, topic_name)
    }
}

/// The pairs that a deployment serves beside what topics and tags name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkerPairs(Vec<WorkerPair>);

impl WorkerPairs {
    /// Reads the pairs from a JSON array; nothing at all is none.
    ///
    /// # Errors
    /// [`SettingError`] where it is no such array, or holds a stack or a setting that cannot be.
    ///
    /// ```
    /// # use spotmanager_domain::WorkerPairs;
    /// let pairs = WorkerPairs::read(
    ///     r#"[{"stack_name": "farm", "alarm_name": "jobs", "settings": {"max_rounds": 3}}]"#,
    /// )?;
    /// let pair = pairs.asked_for_by("jobs", "topic").expect("it is named");
    /// assert_eq!(pair.stack_name, "farm");
    /// # Ok::<(), spotmanager_domain::SettingError>(())
    /// ```
    pub fn read(json: &str) -> Result<Self, SettingError> {
        if json.trim().is_empty() {
            return Ok(Self::default());
        }
        let pairs: Vec<WorkerPair> = serde_json::from_str(json).map_err(|error| {
            SettingError::new("WORKER_PAIRS", json, format!("{EXPECTED} ({error})"))
        })?;
        for pair in &pairs {
            if !is_stack_name(&pair.stack_name) {
                return Err(SettingError::new(
                    "WORKER_PAIRS[].stack_name",
                    &pair.stack_name,
                    "a stack's name of letters, digits and hyphens",
                ));
            }
            // What an execution would refuse is refused here, before an alarm asks.
            Settings::default().overridden(pair.settings.clone())?;
        }
        Ok(Self(pairs))
    }

    /// The first pair that names the alarm or the topic, and nothing else.
    #[must_use]
    pub fn asked_for_by(&self, alarm_name: &str, topic_name: &str) -> Option<&WorkerPair> {
        self.0
            .iter()
            .find(|pair| pair.is_asked_for_by(alarm_name, topic_name))
    }

    /// The pair of a stack that a topic's name or an alarm's tags told.
    #[must_use]
    pub fn of_stack(&self, stack_name: &str) -> WorkerPair {
        self.0
            .iter()
            .find(|pair| !pair.is_named() && pair.stack_name == stack_name)
            .cloned()
            .unwrap_or_else(|| WorkerPair::of(stack_name))
    }

    /// Every pair, and that of the deployment's own stack unless an entry stands for it.
    #[must_use]
    pub fn all(&self, own_stack: &str) -> Vec<WorkerPair> {
        let mut pairs = self.0.clone();
        if !own_stack.is_empty() && !pairs.iter().any(|pair| pair.is_main_of(own_stack)) {
            pairs.push(WorkerPair::of(own_stack));
        }
        pairs
    }
}

const EXPECTED: &str = "a JSON array of objects with stack_name, and alarm_name, topic_name and settings where they are wanted";

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs() -> WorkerPairs {
        WorkerPairs::read(
            r#"[
                {"stack_name": "farm", "alarm_name": "gpu", "topic_name": "jobs"},
                {"stack_name": "mill", "topic_name": "jobs"},
                {"stack_name": "plain", "settings": {"maximum_spot_price_usd": "0.10"}}
            ]"#,
        )
        .unwrap()
    }

    #[test]
    fn the_first_pair_that_fits_is_asked_for() {
        let stack = |alarm, topic| {
            let pairs = pairs();
            let pair = pairs.asked_for_by(alarm, topic)?;
            Some(pair.stack_name.clone())
        };
        assert_eq!(stack("gpu", "jobs").as_deref(), Some("farm"));
        assert_eq!(stack("cpu", "jobs").as_deref(), Some("mill"));
        assert_eq!(stack("gpu", "other"), None);
    }

    #[test]
    fn a_pair_without_alarm_and_topic_is_its_stack_s() {
        let price = |stack| pairs().of_stack(stack).settings.maximum_spot_price_usd;
        assert_eq!(price("plain"), Some("0.10".parse().unwrap()));
        assert_eq!(price("farm"), None);
        // A pair that an alarm or a topic asks for is not the stack's.
        for stack in ["farm", "mill", "other"] {
            assert_eq!(pairs().of_stack(stack), WorkerPair::of(stack));
        }
    }

    #[test]
    fn a_pair_has_the_deployment_s_logical_ids_unless_it_has_its_own() {
        let json = r#"[{"stack_name": "farm", "settings": {"spot_group_logical_id": "bigSpot",
            "on_demand_group_logical_id": "big", "queue_logical_id": "bigJobs"}}]"#;
        let own = WorkerPairs::read(json).unwrap().of_stack("farm");
        for (pair, ids) in [
            (own, ["bigSpot", "big", "bigJobs"]),
            (WorkerPair::of("farm"), ["asgSpot", "asg", "jobs"]),
        ] {
            assert_eq!(pair.spot_group_logical_id("asgSpot"), ids[0]);
            assert_eq!(pair.on_demand_group_logical_id("asg"), ids[1]);
            assert_eq!(pair.queue_logical_id("jobs"), ids[2]);
        }
    }

    #[test]
    fn a_second_pair_of_the_deployment_s_own_stack_does_not_replace_its_first() {
        let json = r#"[{"stack_name": "farm", "settings": {"spot_group_logical_id": "bigSpot"}}]"#;
        let pairs = WorkerPairs::read(json).unwrap();
        let spot_groups = |own| {
            let all = pairs.all(own);
            let ids = all
                .iter()
                .map(|pair| pair.spot_group_logical_id("asg").to_owned());
            ids.collect::<Vec<_>>()
        };
        assert_eq!(spot_groups("farm"), ["bigSpot", "asg"]);
        assert_eq!(spot_groups("mill"), ["bigSpot", "asg"]);
        assert_eq!(spot_groups(""), ["bigSpot"]);
    }

    #[test]
    fn the_deployment_s_own_stack_is_served_too() {
        let stacks = |own| {
            let all = pairs().all(own);
            all.into_iter()
                .map(|pair| pair.stack_name)
                .collect::<Vec<_>>()
        };
        assert_eq!(stacks("own"), ["farm", "mill", "plain", "own"]);
        assert_eq!(stacks("mill"), ["farm", "mill", "plain"]);
    }

    #[test]
    fn refusals_name_what_stood_there() {
        for (json, parts) in [
            ("{}", ["WORKER_PAIRS", "a JSON array"]),
            (
                r#"[{"stack": "farm"}]"#,
                ["WORKER_PAIRS", "unknown field `stack`"],
            ),
            (
                r#"[{"stack_name": "9"}]"#,
                ["stack_name", "letters, digits"],
            ),
            (
                r#"[{"stack_name": "farm", "settings": {"max_rounds": 0}}]"#,
                ["max_rounds", "from 1 to"],
            ),
        ] {
            let error = WorkerPairs::read(json).unwrap_err().to_string();
            for part in parts {
                assert!(error.contains(part), "{part} in {error}");
            }
        }
    }
}
