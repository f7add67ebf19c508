use super::*;

fn read(json: &str) -> Trace {
    Trace::read("a", TraceKind::Availability, json.as_bytes()).unwrap()
}

#[test]
fn what_a_probe_saw_holds_until_the_next_whatever_the_gap() {
    for gap in [1_u64, 10, 34, 195, 300] {
        let trace = read(&format!(
            r#"{{"metadata": {{"gap_seconds": {gap}}}, "data": [0, 2, 1, 0]}}"#
        ));
        assert_eq!(trace.seconds(), 4 * gap);
        let seen = |offset| -> Vec<_> {
            let seconds = (0..5).map(|probe| probe * gap + offset);
            seconds.map(|second| trace.available(second)).collect()
        };
        assert_eq!(seen(0), [0, 2, 1, 0, 0]);
        assert_eq!(seen(gap - 1), [0, 2, 1, 0, 0]);
        assert!((trace.share_available() - 0.5).abs() < f64::EPSILON);
        assert!((trace.mean() - 0.75).abs() < f64::EPSILON);
        assert_eq!(trace.nodes(), 2);
    }
}

#[test]
fn a_zone_may_be_taken_to_have_all_of_a_fleet_or_none() {
    let trace = read(r#"{"metadata": {"gap_seconds": 10}, "data": [0, 1]}"#).times(16);
    assert_eq!([0, 10].map(|second| trace.available(second)), [0, 16]);
    assert_eq!(trace.nodes(), 16);
}

#[test]
fn of_availability_what_runs_beyond_it_is_taken_back() {
    let trace = read(r#"{"metadata": {"gap_seconds": 34}, "data": [3, 1]}"#);
    assert_eq!(trace.reclaimed(3, 25, 30), 0);
    assert_eq!(trace.reclaimed(3, 30, 35), 2);
    assert_eq!(trace.reclaimed(1, 30, 35), 0);
}

#[test]
fn of_preemptions_those_that_ran_less_are_taken_back_and_more_can_always_be_had() {
    let counts = vec![0, 4, 1, 1, 2, 0];
    let trace = Trace::new("a", TraceKind::Preemption, 34, counts).unwrap();
    assert_eq!(trace.available(0), u32::MAX);
    assert_eq!(trace.reclaimed(9, 30, 35), 0);
    assert_eq!(trace.reclaimed(9, 65, 70), 3);
    assert_eq!(trace.reclaimed(2, 65, 70), 2);
    assert_eq!(trace.reclaimed(9, 70, 75), 0);
    assert_eq!(trace.reclaimed(9, 165, 170), 2);
    // After its end it says nothing.
    assert_eq!(trace.reclaimed(9, 200, 205), 0);
    assert_eq!(trace.preemptions(), 5);
}

#[test]
fn the_file_s_name_or_its_prices_make_it_a_trace_of_preemptions() {
    for (name, kind) in [
        ("us-east-1a.p3.2xlarge.json", TraceKind::Availability),
        (
            "us-west-2a.p3.2xlarge.16-node.json",
            TraceKind::Availability,
        ),
        (
            "us-east-1f.p3.2xlarge.4-node-preemption.json",
            TraceKind::Preemption,
        ),
        ("Preemption.json", TraceKind::Preemption),
    ] {
        assert_eq!(TraceKind::of_file(name), kind, "{name}");
    }
    let json = r#"{"metadata": {"gap_seconds": 34}, "data": [0, 1], "prices": [1.3, 1.2754]}"#;
    assert_eq!(read(json).kind(), TraceKind::Preemption);
    let json = r#"{"metadata": {"gap_seconds": 34}, "data": [0, 1]}"#;
    assert_eq!(read(json).kind(), TraceKind::Availability);
}

#[test]
fn another_form_is_refused_by_name() {
    for (json, named) in [
        (r#"{"data": [1]}"#, "metadata"),
        (
            r#"{"metadata": {"gap_seconds": 0}, "data": [1]}"#,
            "gap_seconds",
        ),
        (r#"{"metadata": {"gap_seconds": 5}, "data": []}"#, "data"),
        (r#"{"metadata": {"gap_seconds": 5}, "data": [-1]}"#, "data"),
    ] {
        let error = Trace::read("a", TraceKind::Availability, json.as_bytes());
        let error = error.unwrap_err().to_string();
        assert!(error.contains(named), "{error}");
    }
}
