//! *verify*: whether the capacity arrived. Beside the event's own fields stand `current`, a
//! capacity, and `activities`.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use spotmanager_domain::{
    VerifyInput,
    capacity::{CapacityReport, CapacityStatus, Expectation, assess},
    launch_failure::unresolved,
};
use spotmanager_fuzz::{group_as_it_is, json, read};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some(event) = json(data) else {
        return Corpus::Reject;
    };
    let Some(input) = read::<VerifyInput>(&event) else {
        return Corpus::Keep;
    };
    let (current, activities) = group_as_it_is(&event, input.group.capacity);
    let zones = &input.group.availability_zones;
    let baseline = input.baseline_capacity;
    let expected = Expectation {
        baseline,
        availability_zones: zones,
        waited_seconds: input.waited_seconds,
        timeout_seconds: input.timeout_seconds,
    };
    let report = assess(expected, current, &activities);
    assert!(!report.sentence.is_empty());
    let failed = &report.failed_availability_zones;
    match report.status {
        CapacityStatus::Arrived => assert!(current.in_service > baseline),
        CapacityStatus::Withdrawn => assert!(current.desired_capacity <= baseline),
        CapacityStatus::NoCapacity => {
            assert!(current.pending == 0 && zones.iter().all(|zone| failed.contains(zone)));
        }
        CapacityStatus::TimedOut => assert!(input.waited_seconds >= input.timeout_seconds),
        CapacityStatus::Pending => assert!(input.waited_seconds < input.timeout_seconds),
    }
    // What leaves a zone out has failed in it.
    assert!(
        unresolved(&activities)
            .keys()
            .all(|zone| failed.contains(zone))
    );
    let written = serde_json::to_value(&report).expect("a report is written");
    assert_eq!(read::<CapacityReport>(&written), Some(report));
    Corpus::Keep
});
