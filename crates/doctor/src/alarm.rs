//! An alarm, as far as it concerns the stack.

/// An alarm of the stack, or one that scales its groups or tells of its jobs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alarm {
    /// Its name.
    pub name: String,
    /// Whether the stack or one of its nested stacks made it.
    pub is_of_stack: bool,
    /// Whether it does anything at all.
    pub actions_enabled: bool,
    /// The ARNs of what it fires when it goes into ALARM.
    pub alarm_actions: Vec<String>,
    /// The ARNs of what it fires when it goes into another state.
    pub other_actions: Vec<String>,
    /// Over how long it looks at its metric, seconds; absent where it looks at other alarms.
    pub period_seconds: Option<i32>,
    /// How many periods must breach before it goes into ALARM.
    pub datapoints_to_alarm: i32,
}

impl Alarm {
    /// Whether it fires what has this ARN, in whatever state.
    #[must_use]
    pub fn fires(&self, arn: &str) -> bool {
        let mut actions = self.alarm_actions.iter().chain(&self.other_actions);
        actions.any(|action| action == arn)
    }

    /// The topics that it tells when it goes into ALARM.
    pub(crate) fn topics(&self) -> impl Iterator<Item = &str> {
        let actions = self.alarm_actions.iter().map(String::as_str);
        actions.filter(|arn| arn.split(':').nth(2) == Some("sns"))
    }
}

/// A topic's name, of its ARN.
pub(crate) fn topic_name(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or_default()
}
