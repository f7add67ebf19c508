//! The names of executions, for stacks and alarms at the limits of what AWS allows.

use jiff::Timestamp;
use proptest::prelude::*;
use spotmanager_domain::{AlarmEvent, execution_name};
use spotmanager_start::{
    execution_name::{for_alarm, for_event},
    stack_name::from_topic,
};

/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html>.
const STACK_NAME: &str = "[A-Za-z][A-Za-z0-9-]{0,127}";
/// As an alarm's message writes it.
const TIME: &str =
    "20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\\.[0-9]{3}\\+0000";
/// What StartExecution allows, less the number of a round behind it.
const MOST_CHARACTERS: usize = execution_name::MOST_CHARACTERS - execution_name::ROUND_CHARACTERS;

fn alarm(alarm_name: String, alarm_arn: Option<String>, state_change_time: String) -> AlarmEvent {
    AlarmEvent {
        alarm_name,
        alarm_arn,
        state_change_time,
        new_state_reason: String::new(),
        topic_arn: "arn:aws:sns:eu-west-1:111122223333:farm-jobs-to-do".into(),
    }
}

/// Letters, digits and hyphens are allowed in every name.
/// See <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>.
fn is_allowed(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= MOST_CHARACTERS
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

proptest! {
    #[test]
    fn every_alarm_of_every_stack_has_a_name_by_which_it_is_found(
        stack in STACK_NAME,
        name in any::<String>(),
        arn in any::<Option<String>>(),
        time in TIME,
    ) {
        let name = for_alarm(&stack, &alarm(name, arn, time));
        prop_assert!(is_allowed(&name), "{name}");
        prop_assert!(execution_name::is_given(&name), "{name}");
        prop_assert!(name.starts_with(&execution_name::prefix(&stack)), "{name}");
    }

    #[test]
    fn no_text_makes_a_name_that_is_refused(
        stack in any::<String>(),
        name in any::<String>(),
        time in any::<String>(),
    ) {
        let name = for_alarm(&stack, &alarm(name, None, time));
        prop_assert!(is_allowed(&name), "{name}");
    }

    #[test]
    fn an_event_of_any_time_has_a_name(
        stack in STACK_NAME,
        second in 0..=Timestamp::MAX.as_second(),
        what in any::<String>(),
    ) {
        let at = Timestamp::from_second(second).unwrap_or_default();
        let name = for_event(&stack, at, &[&what]);
        prop_assert!(is_allowed(&name) && execution_name::is_given(&name), "{name}");
    }

    #[test]
    fn two_transitions_have_two_names(
        first in (any::<String>(), TIME),
        second in (any::<String>(), TIME),
    ) {
        let named = |(name, time): &(String, String)| {
            for_alarm("farm", &alarm(name.clone(), None, time.clone()))
        };
        prop_assert_eq!(named(&first) == named(&second), first == second);
    }

    #[test]
    fn a_stack_is_found_in_its_topic_s_name(stack in STACK_NAME, suffix in "-[a-z-]{1,40}") {
        let arn = format!("arn:aws:sns:eu-west-1:111122223333:{stack}{suffix}");
        prop_assert_eq!(from_topic(&arn, &suffix).ok(), Some(stack));
    }

    #[test]
    fn a_topic_of_any_name_is_refused_or_names_a_stack(
        topic in any::<String>(),
        suffix in any::<String>(),
    ) {
        match from_topic(&topic, &suffix) {
            Ok(stack) => prop_assert!(spotmanager_domain::is_stack_name(&stack)),
            Err(error) => prop_assert!(error.to_string().starts_with("TopicArn is"), "{error}"),
        }
    }
}
