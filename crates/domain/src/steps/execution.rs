//! What an execution is started with, and how its steps refer to it.

use super::Context;
use crate::{SettingsOverride, price::Pool};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::VariantArray;

/// The input of an execution: from the start function, or by hand as `{"stack_name": "…"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExecutionInput {
    /// The CloudFormation stack with the two Auto Scaling groups.
    pub stack_name: String,
    /// What this run does otherwise than the deployment's parameters say.
    #[serde(default, skip_serializing_if = "SettingsOverride::is_empty")]
    pub settings: SettingsOverride,
    /// The alarm that started it; absent if something else did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarm: Option<AlarmEvent>,
    /// What the execution is for.
    #[serde(default, skip_serializing_if = "Purpose::is_scale_up")]
    pub purpose: Purpose,
    /// The spot capacity that was lost; absent if something else started it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss: Option<CapacityLoss>,
    /// Which round this is; absent for the first. Given by the state machine to itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<Round>,
}

/// A further look at the queue, after capacity arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// The round's number, from 2 on.
    pub number: u32,
    /// When the first round began, UTC.
    pub first_began_at: Timestamp,
    /// When this round began, UTC; absent where it begins with its execution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began_at: Option<Timestamp>,
    /// How often this execution has looked for capacity before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looks: Option<u32>,
}

/// What an execution is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Jobs wait: one of the groups scales up.
    #[default]
    ScaleUp,
    /// Spot is to take over from an on-demand instance, where it is worth it again.
    ReturnToSpot,
}

impl Purpose {
    // By reference, as serde calls it.
    fn is_scale_up(&self) -> bool {
        *self == Self::ScaleUp
    }
}

/// What EventBridge told of a managed spot group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum LossKind {
    /// `EC2 Spot Instance Interruption Warning`: EC2 takes the instance back in two minutes.
    InterruptionWarning,
    /// `EC2 Instance Rebalance Recommendation`: EC2 may take the instance back.
    RebalanceRecommendation,
    /// `EC2 Instance Launch Unsuccessful`: the group lacks an instance that it cannot launch.
    LaunchUnsuccessful,
    /// The instance that was told of has left the group, which replaces it itself; found by
    /// *discover*.
    InstanceGone,
}

/// Spot capacity that is lost, or was never launched.
/// See <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapacityLoss {
    /// What was told.
    pub kind: LossKind,
    /// The event's id.
    pub event_id: String,
    /// When it was told, UTC.
    pub time: Timestamp,
    /// The group.
    pub auto_scaling_group_name: String,
    /// The instance that EC2 takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_id: Option<String>,
    /// The instance's pool, which is excluded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool: Option<Pool>,
    /// The execution that a rebalance recommendation for the same instance started, if there is one:
    /// it may replace it already. Found by *discover*.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recommended: Option<String>,
    /// Whether its group is at its MinSize, so that it cannot ask for less. Found by *discover*.
    #[serde(default, skip_serializing_if = "is_false")]
    pub at_min_size: bool,
}

// By reference, as serde calls it.
fn is_false(value: &bool) -> bool {
    !*value
}

/// The alarm's transition that an execution answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmEvent {
    /// The alarm's name.
    pub alarm_name: String,
    /// The alarm's ARN; some regions' older messages have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarm_arn: Option<String>,
    /// When the alarm changed its state, as the message wrote it.
    pub state_change_time: String,
    /// Why, in CloudWatch's words.
    pub new_state_reason: String,
    /// The topic that delivered it.
    pub topic_arn: String,
}

/// The execution that a step belongs to, from the context object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Execution {
    /// The execution's name.
    pub name: String,
    /// When its round began, UTC: what happened before belongs to another round. Of the first round
    /// it is the execution's start, which the JSON is named for: the previous release writes and
    /// reads it under that name.
    #[serde(rename = "started_at")]
    pub round_began_at: Timestamp,
    /// The state machine's ARN, by which its other executions are found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_machine_arn: Option<String>,
    /// The round's number, from 1 on.
    #[serde(default = "first_round")]
    pub round: u32,
    /// Where it comes from; absent from what the previous release's state machine sends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Box<Origin>>,
}

/// Where an execution comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The execution's ARN.
    pub execution_arn: String,
    /// When it began, UTC.
    pub began_at: Timestamp,
    /// When the first round began, perhaps in another execution, UTC.
    pub first_round_began_at: Timestamp,
    /// How often it had checked for capacity before this round.
    #[serde(default)]
    pub looks: u32,
    /// What it was started with.
    pub input: ExecutionInput,
}

impl Execution {
    /// The execution of a context object, in the round that `input` gives.
    #[must_use]
    pub fn of(context: &Context, input: &ExecutionInput) -> Self {
        let Context {
            execution,
            state,
            state_machine,
        } = context;
        let round = input.round.as_ref();
        let began_at = execution.start_time;
        Self {
            name: execution.name.clone(),
            round_began_at: match round {
                // A round that begins with its execution is not begun anew by a redrive.
                Some(round) if round.began_at.is_some() => state.entered_time,
                _ => began_at,
            },
            state_machine_arn: Some(state_machine.id.clone()),
            round: round.map_or_else(first_round, |round| round.number),
            origin: Some(Box::new(Origin {
                execution_arn: execution.id.clone(),
                began_at,
                first_round_began_at: round.map_or(began_at, |round| round.first_began_at),
                looks: round.and_then(|round| round.looks).unwrap_or_default(),
                input: ExecutionInput::deserialize(&execution.input)
                    .unwrap_or_else(|_| input.clone()),
            })),
        }
    }

    /// How often the execution had checked for capacity before this round.
    #[must_use]
    pub fn looks(&self) -> u32 {
        self.origin.as_ref().map_or(0, |origin| origin.looks)
    }

    /// Whether it has replaced what was lost, and looks at the queue now: then it leads nobody, and any
    /// alarm's execution leads it.
    #[must_use]
    pub fn follows_a_loss(&self) -> bool {
        let origin = self.origin.as_ref();
        self.round > 1 && origin.is_some_and(|origin| origin.input.loss.is_some())
    }

    /// When the execution began, UTC.
    #[must_use]
    pub fn began_at(&self) -> Timestamp {
        let origin = self.origin.as_ref();
        origin.map_or(self.round_began_at, |origin| origin.began_at)
    }

    /// When the first round began, UTC.
    #[must_use]
    pub fn first_round_began_at(&self) -> Timestamp {
        let origin = self.origin.as_ref();
        origin.map_or(self.round_began_at, |origin| origin.first_round_began_at)
    }
}

fn first_round() -> u32 {
    1
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_an_input_does_not_say_it_does_not_say_when_it_is_written() {
        for input in [
            json!({"stack_name": "farm"}),
            json!({"stack_name": "farm", "purpose": "return_to_spot"}),
            json!({"stack_name": "farm", "settings": {"max_rounds": 3}}),
        ] {
            let read: ExecutionInput = serde_json::from_value(input.clone()).unwrap();
            assert_eq!(serde_json::to_value(read).unwrap(), input);
        }
        let said = json!({"stack_name": "farm", "purpose": "scale_up", "settings": {}});
        let read: ExecutionInput = serde_json::from_value(said).unwrap();
        let written = serde_json::to_value(read).unwrap();
        assert_eq!(written, json!({"stack_name": "farm"}));
    }

    #[test]
    fn an_execution_without_a_round_is_in_its_first() {
        let execution = json!({"name": "by-hand", "started_at": "2026-01-01T00:00:00Z"});
        let execution: Execution = serde_json::from_value(execution).unwrap();
        assert_eq!(execution.round, 1);
    }

    /// What the context object says of an execution with this input, in a state entered at 09:00.
    fn context(input: serde_json::Value) -> Context {
        serde_json::from_value(json!({
            "Execution": {"Id": "arn:execution", "Name": "farm-1", "Input": input,
                          "StartTime": "2026-01-01T08:00:00Z"},
            "State": {"Name": "Discover", "EnteredTime": "2026-01-01T09:00:00Z"},
            "StateMachine": {"Id": "arn:machine"},
        }))
        .unwrap()
    }

    fn input(round: serde_json::Value) -> ExecutionInput {
        serde_json::from_value(json!({"stack_name": "farm", "round": round})).unwrap()
    }

    #[test]
    fn a_round_begins_with_its_execution_or_with_its_state() {
        let first_began_at = "2026-01-01T07:00:00Z";
        let of_another = json!({"number": 7, "first_began_at": first_began_at});
        let further = json!({"number": 8, "first_began_at": first_began_at,
                             "began_at": "2026-01-01T08:59:59Z", "looks": 40});
        for (round, number, began_at, first, looks) in [
            (
                json!(null),
                1,
                "2026-01-01T08:00:00Z",
                "2026-01-01T08:00:00Z",
                0,
            ),
            (of_another, 7, "2026-01-01T08:00:00Z", first_began_at, 0),
            (further, 8, "2026-01-01T09:00:00Z", first_began_at, 40),
        ] {
            let started_with = json!({"stack_name": "farm", "settings": {"max_rounds": 3}});
            let context = context(started_with.clone());
            let execution = Execution::of(&context, &input(round));
            assert_eq!(
                (execution.name.as_str(), execution.round),
                ("farm-1", number)
            );
            assert_eq!(execution.state_machine_arn.as_deref(), Some("arn:machine"));
            let at = |time: &str| time.parse::<Timestamp>().unwrap();
            assert_eq!(execution.round_began_at, at(began_at));
            assert_eq!(execution.began_at(), at("2026-01-01T08:00:00Z"));
            assert_eq!(execution.first_round_began_at(), at(first));
            assert_eq!(execution.looks(), looks);
            let origin = execution.origin.unwrap();
            assert_eq!(origin.execution_arn, "arn:execution");
            assert_eq!(json!(origin.input), started_with);
        }
    }

    #[test]
    fn an_input_that_cannot_be_read_is_that_of_the_round() {
        let execution = Execution::of(&context(json!({"typo": 1})), &input(json!(null)));
        assert_eq!(execution.origin.unwrap().input, input(json!(null)));
    }

    #[test]
    fn an_execution_of_unknown_origin_began_with_its_round() {
        let execution = json!({"name": "by-hand", "started_at": "2026-01-01T00:00:00Z"});
        let execution: Execution = serde_json::from_value(execution).unwrap();
        let began_at = execution.round_began_at;
        assert_eq!(execution.began_at(), began_at);
        assert_eq!(execution.first_round_began_at(), began_at);
        assert_eq!(execution.looks(), 0);
    }

    #[test]
    fn the_beginning_of_a_round_travels_under_the_previous_release_s_name() {
        let written = json!({"name": "by-hand", "started_at": "2026-01-01T00:00:00Z", "round": 2});
        let execution: Execution = serde_json::from_value(written.clone()).unwrap();
        assert_eq!(
            execution.round_began_at,
            Timestamp::constant(1_767_225_600, 0)
        );
        assert_eq!(serde_json::to_value(execution).unwrap(), written);
    }
}
