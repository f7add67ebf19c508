//! What the previous release's definition sends, read by the present functions: an execution that
//! was started before an upgrade goes on by that definition.
//!
//! An upgrade under such an execution: `tests/end_to_end/upgrade.rs`.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use spotmanager_domain::{
    DiscoverInput, Discovery, EvaluateInput, LossKind, PreviousAction, PreviousScaleInput,
    PreviousVerifyInput, Purpose,
};

fn read<T: DeserializeOwned>(input: Value) -> T {
    serde_json::from_value(input).unwrap()
}

fn execution() -> Value {
    json!({"name": "farm-20260101T000000-0123456789abcdef", "started_at": "2026-01-01T00:00:00Z",
           "state_machine_arn": "arn:aws:states:us-east-1:123456789012:stateMachine:sm", "round": 2})
}

fn group(market: &str, name: &str) -> Value {
    json!({
        "market": market, "logical_id": "asg", "auto_scaling_group_name": name,
        "capacity": {"min_size": 0, "max_size": 2, "desired_capacity": 1, "in_service": 1,
                     "pending": 0},
        "instance_types": ["g4dn.xlarge"],
        "maximum_price": {"usd": "0.35", "source": "launch_template", "found_in": "lt-1"},
        "subnet_ids": ["subnet-1"], "availability_zones": ["us-east-1a"],
        "availability_zone_ids": {"us-east-1a": "use1-az1"},
        "scale_up_policy": {"policy_name": "up", "policy_type": "SimpleScaling",
                            "adjustment_type": "ChangeInCapacity", "scaling_adjustment": 1},
    })
}

/// As the previous release's *discover* returned it for an alarm.
fn discovery() -> Value {
    json!({
        "stack_name": "farm",
        "settings": {
            "spot_group_logical_id": "asgGPUSpot", "on_demand_group_logical_id": "asgGPU",
            "scale_up_policy_name_contains": "ScaleUp",
            "scale_down_policy_name_contains": "ScaleDown", "safety_margin_percent": "15",
            "price_window_seconds": 3600, "product_description": "Linux/UNIX",
            "honor_cooldown": false, "spot_capacity_timeout_seconds": 300,
            "on_demand_capacity_timeout_seconds": 600, "verify_interval_seconds": 15,
            "launch_failure_window_seconds": 900, "minimum_placement_score": 0,
            "target_backlog_per_instance": "10", "max_rounds": 10,
            "rounds_timeout_seconds": 3600, "dry_run": false,
        },
        "purpose": "scale_up",
        "spot_group": group("spot", "farm-spot"),
        "on_demand_group": group("on_demand", "farm-on-demand"),
        "queue": {"logical_id": "queueJobs", "queue_url": "https://sqs/jobs",
                  "visible_messages": 3},
    })
}

/// The same with each field that it left out of others.
fn full_discovery() -> Value {
    let mut discovery = discovery();
    let loss = json!({"kind": "instance_gone", "event_id": "e", "time": "2026-01-01T00:00:00Z",
                      "auto_scaling_group_name": "farm-spot", "instance_id": "i-1",
                      "pool": {"instance_type": "g4dn.xlarge", "availability_zone": "us-east-1a"}});
    discovery["loss"] = loss;
    discovery["purpose"] = "return_to_spot".into();
    discovery["leader"] =
        json!({"execution_name": "another", "started_at": "2026-01-01T00:00:00Z"});
    discovery.as_object_mut().unwrap().remove("queue");
    discovery["queue_problem"] = "queueJobs cannot be read".into();
    let settings = &mut discovery["settings"];
    settings["queue_logical_id"] = "queueJobs".into();
    settings["maximum_percent_of_on_demand"] = "60".into();
    settings["maximum_spot_price_usd"] = "0.30".into();
    discovery["spot_group"]["weighted_capacities"] = json!({"g4dn.xlarge": 4});
    discovery["spot_group"]["scale_up_policy"]["min_adjustment_magnitude"] = 2.into();
    let on_demand = &mut discovery["on_demand_group"];
    on_demand["launch_problem"] = "lt-2 names no instance type".into();
    on_demand["scale_down_policy"] = json!({
        "policy_name": "down", "policy_type": "SimpleScaling",
        "adjustment_type": "ChangeInCapacity", "scaling_adjustment": -1,
    });
    discovery
}

/// A JSON Pointer to the first value of `before` that is another or missing in `now`, which may
/// have more fields.
fn lost(before: &Value, now: Option<&Value>) -> Option<String> {
    match (before, now) {
        (Value::Object(before), Some(Value::Object(now))) => {
            before.iter().find_map(|(name, value)| {
                let path = lost(value, now.get(name))?;
                Some(format!("/{name}{path}"))
            })
        }
        _ => (Some(before) != now).then(String::new),
    }
}

fn scale(action: &str, more: Value) -> PreviousScaleInput {
    let mut input = json!({"execution": execution(), "stack_name": "farm", "action": action,
                           "group": group("spot", "farm-spot"), "honor_cooldown": false});
    for (field, value) in more.as_object().unwrap() {
        input[field] = value.clone();
    }
    read(input)
}

fn decision() -> Value {
    json!({"spot_group": "asgGPUSpot", "reason": "SPOT_WITHIN_LIMIT", "sentence": "Cheap.",
           "saving_usd_per_hour": "0.25"})
}

#[test]
fn discover_reads_its_input() {
    let round = json!({"number": 2, "first_began_at": "2026-01-01T00:00:00Z",
                       "began_at": "2026-01-01T00:10:00Z", "looks": 4});
    let loss = json!({"kind": "interruption_warning", "event_id": "e", "time": "2026-01-01T00:00:00Z",
                      "auto_scaling_group_name": "farm-spot", "instance_id": "i-1"});
    let settings = json!({"dry_run": true, "scale_down_policy_name_contains": "Less"});
    let input = json!({"stack_name": "farm", "settings": settings, "round": round, "loss": loss,
                       "purpose": "scale_up"});
    let input: DiscoverInput = read(json!({"execution": execution(), "input": input}));
    assert_eq!(input.context, None);
    assert_eq!(input.execution.unwrap().round, 2);
    assert_eq!(json!(input.input.settings), json!({"dry_run": true}));
    let loss = input.input.loss.unwrap();
    assert_eq!(loss.kind, LossKind::InterruptionWarning);
}

#[test]
fn evaluate_reads_what_was_discovered_before_and_decides() {
    let input: EvaluateInput = read(json!({"execution": execution(), "discovery": discovery()}));
    assert_eq!(input.discovery.if_evaluation_fails, None);
    let evaluation = input.discovery.decide(2, Vec::new());
    // 3 jobs for two instances, of which 10 may wait for each.
    assert_eq!(evaluation.verdict.reason.to_string(), "BACKLOG_AT_TARGET");
}

#[test]
fn an_execution_s_discovery_keeps_every_field_that_is_of_use() {
    for mut before in [discovery(), full_discovery()] {
        let now: Discovery = read(before.clone());
        // A return to spot lowers DesiredCapacity, and executes no scale-down policy.
        for (object, field) in [
            ("settings", "scale_down_policy_name_contains"),
            ("on_demand_group", "scale_down_policy"),
        ] {
            before[object].as_object_mut().unwrap().remove(field);
        }
        assert_eq!(lost(&before, Some(&json!(now))), None);
    }
}

#[test]
fn scale_reads_each_of_its_actions() {
    let up = scale("scale_up", json!({"dry_run": true, "first_attempt": true}));
    assert!(up.action == PreviousAction::ScaleUp && up.dry_run && up.first_attempt);
    let detach = scale("detach", json!({"instance_id": "i-1"}));
    assert!(detach.action == PreviousAction::Detach && !detach.dry_run && !detach.first_attempt);
    assert_eq!(detach.instance_id.as_deref(), Some("i-1"));
    let back = json!({"purpose": "return_to_spot", "baseline_capacity": 1, "dry_run": false,
                      "decision": decision()});
    let down = scale("stand_down", back.clone());
    assert_eq!(
        (down.action, down.baseline_capacity),
        (PreviousAction::StandDown, Some(1))
    );
    let down = scale("scale_down", back);
    assert_eq!(
        (down.action, down.purpose),
        (PreviousAction::ScaleDown, Purpose::ReturnToSpot)
    );
    assert_eq!(json!(down.decision), decision());
}

#[test]
fn verify_reads_its_input() {
    let input: PreviousVerifyInput = read(json!({
        "execution": execution(), "stack_name": "farm", "purpose": "scale_up",
        "group": group("spot", "farm-spot"), "baseline_capacity": 0, "target_capacity": 1,
        "decision": decision(), "waited_seconds": 15, "timeout_seconds": 300,
    }));
    assert_eq!(input.target_capacity, Some(1));
    assert_eq!(json!(input.decision), decision());
}
