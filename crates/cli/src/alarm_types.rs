//! What CloudFormation calls alarms.

/// Alarms on metrics, and those on other alarms.
pub(crate) const ALARM_TYPES: [&str; 2] =
    ["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"];
