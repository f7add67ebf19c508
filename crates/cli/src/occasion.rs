//! When and by what an execution was started.

use jiff::Timestamp;
use serde::Deserialize;
use spotmanager_aws::execution_history::ExecutionHistory;
use spotmanager_domain::{CapacityLoss, ExecutionInput, LossKind, Purpose, execution_name};

use crate::title;

/// The start as a line: its time, and by what; and when it was redriven, if it was.
pub(crate) fn line(history: &ExecutionHistory) -> String {
    let by = of(history).map(|by| format!(" by {by}"));
    let redriven = history.redriven.as_ref().map(|redriven| {
        let times = match redriven.count {
            1 => "once".to_owned(),
            count => format!("{count} times, most recently"),
        };
        format!("; redriven {times} at {}", time(redriven.at))
    });
    format!(
        "started {}{}{}",
        time(history.started_at),
        by.unwrap_or_default(),
        redriven.unwrap_or_default()
    )
}

/// A moment with its date, to the second.
pub(crate) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// What started it, as far as its input and its name say.
pub(crate) fn of(history: &ExecutionHistory) -> Option<String> {
    let input = ExecutionInput::deserialize(&history.input).ok()?;
    if !history.arn.starts_with("arn:") {
        return Some("`spotmanager run`".to_owned());
    }
    if let Some(round) = &input.round {
        return Some(format!(
            "the execution before it, for round {}",
            round.number
        ));
    }
    if let Some(loss) = &input.loss {
        return Some(format!("an event: {}", described(loss)));
    }
    let has_given_name = execution_name::is_given(title::name(history));
    Some(match (&input.alarm, input.purpose) {
        (Some(alarm), _) => format!("the alarm {}", alarm.alarm_name),
        (None, Purpose::ReturnToSpot) if has_given_name => {
            "the schedule, for a return to spot".to_owned()
        }
        (None, Purpose::ReturnToSpot) => "hand, for a return to spot".to_owned(),
        (None, Purpose::ScaleUp) => "hand".to_owned(),
    })
}

fn described(loss: &CapacityLoss) -> String {
    let kind = match loss.kind {
        LossKind::InterruptionWarning => "interruption warning for",
        LossKind::RebalanceRecommendation => "rebalance recommendation for",
        LossKind::LaunchUnsuccessful => "launch unsuccessful in",
        LossKind::InstanceGone => "the group has replaced or replaces",
    };
    let group = &loss.auto_scaling_group_name;
    let of = loss.instance_id.as_ref().unwrap_or(group);
    let pool = loss
        .pool
        .as_ref()
        .map(|pool| format!(", {} in {}", pool.instance_type, pool.availability_zone))
        .unwrap_or_default();
    format!("{kind} {of}{pool}, at {:.0}", loss.time)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::history;

    const GIVEN: &str = "arn:aws:states:eu-west-1:111122223333:execution:spotmanager:render-farm-20260101T000000-0123456789abcdef";

    fn started(arn: &str, more: serde_json::Value) -> String {
        let mut history = history(vec![]);
        history.arn = arn.to_owned();
        history.input = json!({"stack_name": "render-farm"});
        for (key, value) in more.as_object().unwrap() {
            history.input[key] = value.clone();
        }
        line(&history)
    }

    #[test]
    fn each_way_to_start_has_its_words() {
        let alarm = json!({"alarm": {
            "alarm_name": "jobs-to-do", "state_change_time": "2026-01-01T00:00:00.000+0000",
            "new_state_reason": "", "topic_arn": "arn",
        }});
        let round = json!({"round": {"number": 3, "first_began_at": "2026-01-01T00:00:00Z"}});
        let returns = json!({"purpose": "return_to_spot"});
        let by_hand = history(vec![]).arn;
        for (arn, more, expected) in [
            (GIVEN, alarm, "the alarm jobs-to-do"),
            (GIVEN, returns.clone(), "the schedule, for a return to spot"),
            (&by_hand, returns, "hand, for a return to spot"),
            (&by_hand, json!({}), "hand"),
            (GIVEN, round, "the execution before it, for round 3"),
            ("farm-run-1", json!({}), "`spotmanager run`"),
        ] {
            assert_eq!(
                started(arn, more),
                format!("started 1970-01-01 00:00:00 UTC by {expected}")
            );
        }
    }

    #[test]
    fn a_loss_has_its_instance_and_its_pool() {
        let loss = json!({"loss": {
            "kind": "interruption_warning", "event_id": "1", "time": "2026-01-01T00:00:00Z",
            "auto_scaling_group_name": "workers", "instance_id": "i-1",
            "pool": {"instance_type": "g4dn.xlarge", "availability_zone": "eu-west-1a"},
        }});
        let expected =
            "an event: interruption warning for i-1, g4dn.xlarge in eu-west-1a, at 2026-01-01";
        let line = started(GIVEN, loss);
        assert!(line.contains(expected), "{line}");
    }

    #[test]
    fn a_redrive_is_reported_with_its_time() {
        let mut history = history(vec![]);
        history.redriven = Some(spotmanager_aws::execution_history::Redriven {
            count: 2,
            at: Timestamp::from_second(60).unwrap(),
        });
        let line = line(&history);
        let expected = "redriven 2 times, most recently at 1970-01-01 00:01:00 UTC";
        assert!(line.ends_with(expected), "{line}");
    }
}
