//! What a function sends itself, and as whose.

use jiff::Timestamp;
use serde_json::json;

use super::group;
use crate::{
    Discovery, EvaluateInput, Execution, Market,
    flow::{Event, Fallback, Sender, Step},
    testing,
};

fn discovery(execution: Execution) -> Discovery {
    let group = |market| group(market, testing::capacity([1, 0, 0, 0]));
    Discovery {
        execution: Some(execution),
        ..testing::discovery(group(Market::Spot), group(Market::OnDemand))
    }
}

fn execution() -> Execution {
    testing::execution(Timestamp::UNIX_EPOCH)
}

fn fallback() -> Event {
    Event::Fallback(Fallback {
        round: 2,
        dry_run: false,
        from_group: "a".into(),
        to_group: "b".into(),
        stood_down: true,
        failure: None,
    })
}

#[test]
fn an_entry_names_the_execution_in_addition_to_what_the_event_says() {
    let sender = Sender::of(&discovery(execution())).unwrap();
    let arn = "arn:aws:states:us-east-1:123456789012:execution:spotmanager:\
               render-farm-20261125T151652-ca0fa221f0eff217";
    assert_eq!(sender.execution_arn(), arn);
    let added = json!({
        "version": "1",
        "state_machine_arn": "arn:aws:states:us-east-1:123456789012:stateMachine:spotmanager",
        "execution_arn": arn,
        "stack_name": "render-farm",
    });
    let mut all = added.clone();
    for (name, value) in json!(fallback())["Detail"].as_object().unwrap() {
        all[name] = value.clone();
    }
    let expected = json!([
        {"Source": "spotmanager", "DetailType": "SpotManager Fallback", "Detail": all},
        {"Source": "spotmanager", "DetailType": "SpotManager Failure", "Detail": added},
    ]);
    let entries = sender.entries(&[fallback(), Event::Failure {}]).unwrap();
    assert_eq!(json!(entries), expected);
}

#[test]
fn nobody_sends_what_a_person_or_the_previous_release_asks_for() {
    assert!(Sender::of(&discovery(execution())).is_some());
    let no_origin = Execution {
        origin: None,
        ..execution()
    };
    assert_eq!(Sender::of(&discovery(no_origin)), None);
    let no_machine = Execution {
        state_machine_arn: None,
        ..execution()
    };
    assert_eq!(Sender::of(&discovery(no_machine)), None);
    let unknown = Discovery {
        execution: None,
        ..discovery(execution())
    };
    assert_eq!(Sender::of(&unknown), None);
}

#[test]
fn an_old_decision_that_is_replayed_is_not_sent_again() {
    let mut input = EvaluateInput {
        execution: None,
        discovery: discovery(execution()),
        window_end: None,
    };
    assert!(Sender::of_evaluation(&input).is_some());
    input.window_end = Some(Timestamp::UNIX_EPOCH);
    assert_eq!(Sender::of_evaluation(&input), None);
}

#[test]
fn what_failed_only_the_state_machine_can_add() {
    let mut step = Step::Report {
        events: vec![fallback()],
        failed_in: None,
        then: Box::new(Step::NothingToDo),
    };
    let (events, then) = step.sendable().unwrap();
    assert_eq!((events, then), (&[fallback()][..], &Step::NothingToDo));
    if let Step::Report { failed_in, .. } = &mut step {
        *failed_in = Some("Evaluate".into());
    }
    assert_eq!(step.sendable(), None);
    assert_eq!(Step::NothingToDo.sendable(), None);
}
