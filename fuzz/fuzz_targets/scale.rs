//! *scale*: a group as discovered and as it is, what is done with it, and what comes next. Next to the
//! event's own fields stand `current`, a capacity, `activities`, and `outcome`, what *scale* did.
#![no_main]

use jiff::Timestamp;
use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::Value;
use spotmanager_domain::{
    ExecutePolicyCall, Group, PreviousScaleInput, ScaleAction, ScaleInput, ScaleOutcome,
    ScalingCall, SetDesiredCapacityCall,
    flow::{Flow, Scaled, Step},
    scaling::{
        ScaleDownPlan, ScaleUpPlan, StandDownPlan, plan_scale_down, plan_scale_up, plan_stand_down,
    },
};
use spotmanager_fuzz::{beside, group_as_it_is, json, read};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some(event) = json(data) else {
        return Corpus::Reject;
    };
    // The previous release's state machine sends the group itself.
    if event.get("group").is_some() {
        if let Some(input) = read::<PreviousScaleInput>(&event) {
            let baseline = input.baseline_capacity.unwrap_or_default();
            assert_plans(&event, &input.group, baseline, input.honor_cooldown);
        }
    } else if let Some(input) = read::<ScaleInput>(&event) {
        let (baseline, honor_cooldown) = match input.step.action() {
            Some(ScaleAction::StandDown { baseline_capacity }) => (*baseline_capacity, false),
            Some(ScaleAction::ScaleUp { honor_cooldown, .. }) => (0, *honor_cooldown),
            _ => (0, false),
        };
        let discovery = &input.discovery;
        for group in [&discovery.spot_group, &discovery.on_demand_group] {
            assert_plans(&event, group, baseline, honor_cooldown);
        }
        assert_goes_on(&event, &input, baseline);
    }
    Corpus::Keep
});

fn assert_plans(event: &Value, group: &Group, baseline: i32, honor_cooldown: bool) {
    let name = &group.auto_scaling_group_name;
    let (current, activities) = group_as_it_is(event, group.capacity);
    let policy = &group.scale_up_policy;
    if plan_scale_up(group.capacity, current, policy, &activities) == ScaleUpPlan::Execute {
        assert!(current.has_room() && policy.adds_to(current.desired_capacity));
        let call = ExecutePolicyCall::of(name, policy, honor_cooldown);
        assert_reads_back(ScalingCall::ExecutePolicy(call));
    }
    if let Some(policy) = &group.scale_down_policy
        && plan_scale_down(group.capacity, current, policy) == ScaleDownPlan::Execute
    {
        assert_eq!(policy.takes_from(current.desired_capacity), 1);
    }
    if let StandDownPlan::Lower(desired_capacity) = plan_stand_down(baseline, current) {
        assert!(desired_capacity < current.desired_capacity);
        assert!(desired_capacity >= current.in_service.max(current.min_size).max(baseline));
        assert_reads_back(ScalingCall::SetDesiredCapacity(SetDesiredCapacityCall {
            auto_scaling_group_name: name.clone(),
            desired_capacity,
            honor_cooldown: false,
        }));
    }
}

/// Something comes next after each of *scale*'s steps, whatever it did, and after no other.
fn assert_goes_on(event: &Value, input: &ScaleInput, baseline: i32) {
    let Some(flow) = Flow::of(&input.discovery) else {
        return;
    };
    let market = input.step.action().map(ScaleAction::market);
    let group = market.map_or(&input.discovery.spot_group, |market| flow.group(market));
    let (capacity_before, _) = group_as_it_is(event, group.capacity);
    let scaled = Scaled {
        outcome: beside(event, "outcome").unwrap_or(ScaleOutcome::Scaled),
        sentence: "Done.",
        baseline_capacity: baseline,
        target_capacity: Some(group.scale_up_policy.target_from(capacity_before)),
        capacity_before,
    };
    let now = Timestamp::UNIX_EPOCH;
    let step = flow.scaled(&input.step, &scaled, &input.failure, now);
    assert_eq!(step.is_some(), market.is_some(), "{:?}", input.step);
    if let Some(step) = step {
        let written = serde_json::to_value(&step).expect("a step is written");
        assert_eq!(read::<Step>(&written), Some(step));
    }
}

/// A dry run shows it in the console.
fn assert_reads_back(call: ScalingCall) {
    let written = serde_json::to_value(&call).expect("a call is written");
    assert_eq!(read::<ScalingCall>(&written), Some(call));
}
