//! *verify*: whether the capacity arrived, and what comes next. Next to the event's own fields stand
//! `current`, a capacity, and `activities`.
#![no_main]

use jiff::Timestamp;
use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::Value;
use spotmanager_domain::{
    Group, PreviousVerifyInput, VerifyInput,
    capacity::{CapacityReport, CapacityStatus, Expectation, assess},
    flow::{Flow, Look, Others, Replacement, Step},
    launch_failure::unresolved,
};
use spotmanager_fuzz::{group_as_it_is, json, read};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some(event) = json(data) else {
        return Corpus::Reject;
    };
    // The previous release's state machine sends the group itself.
    if event.get("group").is_some() {
        if let Some(input) = read::<PreviousVerifyInput>(&event) {
            let times = (input.waited_seconds, input.timeout_seconds);
            assert_is_assessed(&event, &input.group, input.baseline_capacity, times);
        }
    } else if let Some(input) = read::<VerifyInput>(&event) {
        assert_goes_on(&event, &input);
    }
    Corpus::Keep
});

fn assert_is_assessed(
    event: &Value,
    group: &Group,
    baseline: i32,
    (waited_seconds, timeout_seconds): (u32, u32),
) {
    let (current, activities) = group_as_it_is(event, group.capacity);
    let zones = &group.availability_zones;
    let expected = Expectation {
        baseline,
        availability_zones: zones,
        waited_seconds,
        timeout_seconds,
    };
    let report = assess(expected, current, &activities);
    assert!(!report.sentence.is_empty());
    let failed = &report.failed_availability_zones;
    match report.status {
        CapacityStatus::Arrived => assert!(current.in_service > baseline),
        CapacityStatus::Withdrawn => assert!(
            current.desired_capacity <= baseline && current.in_service >= current.desired_capacity
        ),
        CapacityStatus::NoCapacity => {
            assert!(current.pending == 0 && zones.iter().all(|zone| failed.contains(zone)));
        }
        CapacityStatus::TimedOut => assert!(waited_seconds >= timeout_seconds),
        CapacityStatus::Pending => assert!(waited_seconds < timeout_seconds),
    }
    // What excludes a zone has failed in it.
    assert!(
        unresolved(&activities)
            .keys()
            .all(|zone| failed.contains(zone))
    );
    let written = serde_json::to_value(&report).expect("a report is written");
    assert_eq!(read::<CapacityReport>(&written), Some(report));
}

/// Something comes next, whatever was seen and whatever else runs; a group that brought nothing is said
/// to have failed.
fn assert_goes_on(event: &Value, input: &VerifyInput) {
    let Some(flow) = Flow::of(&input.discovery) else {
        return;
    };
    let Some(progress) = input.step.progress() else {
        return;
    };
    for replacement in [
        Replacement::Underway,
        Replacement::Came,
        Replacement::DidNotCome,
    ] {
        let now = Timestamp::UNIX_EPOCH;
        assert_reads_back(flow.after_recommendation(progress.clone(), replacement, now));
    }
    let Some(attempt) = &progress.attempt else {
        return;
    };
    let group = flow.group(attempt.market);
    let timeout_seconds = flow.timeout_seconds(attempt.market);
    let times = (attempt.waited_seconds, timeout_seconds);
    assert_is_assessed(event, group, attempt.baseline_capacity, times);
    let found: Vec<_> = flow
        .looks_at(progress)
        .map(|market| (market, group_as_it_is(event, flow.group(market).capacity)))
        .collect();
    let looks: Vec<_> = found
        .iter()
        .map(|(market, (capacity, activities))| Look {
            market: *market,
            capacity: *capacity,
            activities,
        })
        .collect();
    let another = Others {
        before: 1,
        ..Others::default()
    };
    for others in [Others::default(), another] {
        let checked = flow.checked(progress.clone(), &looks, &others, Timestamp::UNIX_EPOCH);
        assert!(
            checked.failure.is_none() || checked.arrived.is_empty(),
            "{checked:?}"
        );
        assert_reads_back(checked.step);
    }
}

fn assert_reads_back(step: Step) {
    let written = serde_json::to_value(&step).expect("a step is written");
    assert_eq!(read::<Step>(&written), Some(step));
}
