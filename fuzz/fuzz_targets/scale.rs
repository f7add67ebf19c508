//! *scale*: a group as discovered and as it is, what is done with it, and what comes next. Next to the
//! event's own fields stand `current`, a capacity, `activities`, and `outcome`, what *scale* did.
#![no_main]

use jiff::Timestamp;
use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::Value;
use spotmanager_domain::{
    ExecutePolicyCall, Group, GroupLaunched, PreviousScaleInput, ScaleAction, ScaleInput,
    ScaleOutcome, ScalingCall, SetDesiredCapacityCall,
    flow::{Flow, Launched, Scaled, Step},
    scaling::{
        LowerPlan, ScaleUpPlan, StandDownPlan, plan_lower, plan_scale_up, plan_stand_down,
        plan_take_back,
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
            assert_plans(&event, &input.group, [baseline, 0], input.honor_cooldown);
        }
    } else if let Some(input) = read::<ScaleInput>(&event) {
        let (to, from, honor_cooldown) = match input.step.action() {
            Some(ScaleAction::StandDown {
                baseline_capacity,
                from,
            }) => (*baseline_capacity, *from, false),
            Some(ScaleAction::LowerCapacity { from, to, .. }) => (*to, *from, false),
            Some(ScaleAction::TakeBack { from, by }) => (*by, *from, false),
            Some(ScaleAction::ScaleUp { honor_cooldown, .. }) => (0, 0, *honor_cooldown),
            _ => (0, 0, false),
        };
        let discovery = &input.discovery;
        for group in [&discovery.spot_group, &discovery.on_demand_group] {
            assert_plans(&event, group, [to, from], honor_cooldown);
        }
        assert_goes_on(&event, &input, to);
    }
    Corpus::Keep
});

fn assert_plans(event: &Value, group: &Group, [to, from]: [i32; 2], honor_cooldown: bool) {
    let name = &group.auto_scaling_group_name;
    let (current, activities) = group_as_it_is(event, group.capacity);
    let policy = &group.scale_up_policy;
    if plan_scale_up(group.capacity, current, policy, &activities) == ScaleUpPlan::Execute {
        assert!(current.has_room() && policy.adds_to(current.desired_capacity));
        let call = ExecutePolicyCall::of(name, policy, honor_cooldown);
        assert_reads_back(ScalingCall::ExecutePolicy(call));
    }
    // What runs is not ended, unless on-demand is lowered because spot serves instead.
    let runs = current.in_service.max(current.min_size);
    for (plan, least) in [
        (plan_stand_down(to, from, current), runs.max(to)),
        (plan_take_back(from, to, current, true), runs),
        (plan_take_back(from, to, current, false), runs),
    ] {
        if let StandDownPlan::Lower(desired_capacity) = plan {
            assert!(desired_capacity < current.desired_capacity);
            assert!(desired_capacity >= least);
            assert_lowers(name, desired_capacity);
        }
    }
    if let LowerPlan::Lower(desired_capacity) = plan_lower(from, to, current) {
        assert_eq!(current.desired_capacity, from);
        assert!(desired_capacity < from && desired_capacity >= current.min_size.max(to));
        assert_lowers(name, desired_capacity);
    }
}

fn assert_lowers(auto_scaling_group_name: &str, desired_capacity: i32) {
    assert_reads_back(ScalingCall::SetDesiredCapacity(SetDesiredCapacityCall {
        auto_scaling_group_name: auto_scaling_group_name.to_owned(),
        desired_capacity,
        honor_cooldown: false,
    }));
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
        on_demand_capacity: Some(input.discovery.on_demand_group.capacity),
        is_first: input.is_first(),
        launched: beside(event, "launched")
            .map(|groups: Vec<GroupLaunched>| Launched::of(&groups))
            .unwrap_or_default(),
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
