//! *scale*: a group as discovered and as it is, and what is done with it. Beside the event's own
//! fields stand `current`, a capacity, and `activities`.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use spotmanager_domain::{
    ExecutePolicyCall, ScaleInput, ScalingCall, SetDesiredCapacityCall,
    scaling::{
        ScaleDownPlan, ScaleUpPlan, StandDownPlan, plan_scale_down, plan_scale_up, plan_stand_down,
    },
};
use spotmanager_fuzz::{group_as_it_is, json, read};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some(event) = json(data) else {
        return Corpus::Reject;
    };
    let Some(input) = read::<ScaleInput>(&event) else {
        return Corpus::Keep;
    };
    let group = &input.group;
    let name = &group.auto_scaling_group_name;
    let (current, activities) = group_as_it_is(&event, group.capacity);

    let policy = &group.scale_up_policy;
    if plan_scale_up(group.capacity, current, policy, &activities) == ScaleUpPlan::Execute {
        assert!(current.has_room() && policy.adds_to(current.desired_capacity));
        let call = ExecutePolicyCall::of(name, policy, input.honor_cooldown);
        assert_reads_back(ScalingCall::ExecutePolicy(call));
    }
    if let Some(policy) = &group.scale_down_policy
        && plan_scale_down(group.capacity, current, policy) == ScaleDownPlan::Execute
    {
        assert_eq!(policy.takes_from(current.desired_capacity), 1);
    }
    let baseline = input.baseline_capacity.unwrap_or_default();
    if let StandDownPlan::Lower(desired_capacity) = plan_stand_down(baseline, current) {
        assert!(desired_capacity < current.desired_capacity);
        assert!(desired_capacity >= current.in_service.max(current.min_size).max(baseline));
        assert_reads_back(ScalingCall::SetDesiredCapacity(SetDesiredCapacityCall {
            auto_scaling_group_name: name.clone(),
            desired_capacity,
            honor_cooldown: false,
        }));
    }
    Corpus::Keep
});

/// A dry run shows it in the console.
fn assert_reads_back(call: ScalingCall) {
    let written = serde_json::to_value(&call).expect("a call is written");
    assert_eq!(read::<ScalingCall>(&written), Some(call));
}
