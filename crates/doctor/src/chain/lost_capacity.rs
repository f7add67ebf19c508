//! Which events of lost capacity a rule takes, by its event pattern.

use serde_json::{Value, json};

/// The sources and the kinds of events that the template's rule takes.
const EVENTS: [(&str, &str); 3] = [
    ("aws.ec2", "EC2 Spot Instance Interruption Warning"),
    ("aws.ec2", "EC2 Instance Rebalance Recommendation"),
    ("aws.autoscaling", "EC2 Instance Launch Unsuccessful"),
];

/// What a pattern takes of them.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// Every event.
    All,
    /// Not this kind.
    Misses(&'static str),
    /// It has a condition that only an event can answer.
    Unknown(String),
}

/// See <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html>.
pub(super) fn taken(pattern: &str) -> Taken {
    let Ok(Value::Object(pattern)) = serde_json::from_str(pattern) else {
        return Taken::Unknown("its event pattern cannot be read".to_owned());
    };
    let known = ["source", "detail-type"];
    if let Some(key) = pattern.keys().find(|key| !known.contains(&key.as_str())) {
        return Taken::Unknown(format!("its event pattern has a condition on {key}"));
    }
    let takes = |field: &str, value: &str| match pattern.get(field) {
        None => Some(true),
        Some(Value::Array(values)) if values.iter().all(Value::is_string) => {
            Some(values.iter().any(|one| one == value))
        }
        Some(_) => None,
    };
    for (source, kind) in EVENTS {
        match (takes("source", source), takes("detail-type", kind)) {
            (Some(true), Some(true)) => {}
            (Some(false), _) | (_, Some(false)) => return Taken::Misses(kind),
            _ => return Taken::Unknown("its event pattern compares in another way".to_owned()),
        }
    }
    Taken::All
}

/// The template's pattern.
pub(super) fn whole() -> String {
    let kinds: Vec<_> = EVENTS.map(|(_, kind)| kind).into();
    json!({"source": ["aws.ec2", "aws.autoscaling"], "detail-type": kinds}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_pattern_takes_every_event_and_is_the_template_s() {
        assert_eq!(taken(&whole()), Taken::All);
        let template = include_str!("../../../../infra/spotmanager.yaml");
        let rule = template.split("  lostCapacityRule:").nth(1).unwrap();
        let pattern = rule.split("Targets:").next().unwrap();
        for (source, kind) in EVENTS {
            assert!(pattern.contains(source) && pattern.contains(kind), "{kind}");
        }
        assert_eq!(pattern.matches("- EC2").count(), EVENTS.len());
    }

    #[test]
    fn a_kind_that_is_missing_is_named_and_what_is_compared_otherwise_is_unknown() {
        let without = whole().replace("EC2 Instance Rebalance Recommendation", "Another");
        assert_eq!(taken(&without), Taken::Misses(EVENTS[1].1));
        let other_source = whole().replace("aws.autoscaling", "aws.s3");
        assert_eq!(taken(&other_source), Taken::Misses(EVENTS[2].1));
        for pattern in [
            r#"{"source": [{"prefix": "aws."}]}"#,
            r#"{"source": ["aws.ec2", "aws.autoscaling"], "detail": {"a": ["b"]}}"#,
            "",
        ] {
            assert!(matches!(taken(pattern), Taken::Unknown(_)), "{pattern}");
        }
    }
}
