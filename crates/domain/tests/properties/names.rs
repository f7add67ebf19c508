//! Names at the limits of what CloudFormation and Step Functions allow.

use proptest::prelude::*;
use spotmanager_domain::{
    execution_name::{MOST_CHARACTERS, given, is_given, of_round, prefix},
    is_stack_arn, is_stack_name, stack_name_of,
};

/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html>.
const STACK_NAME: &str = "[A-Za-z][A-Za-z0-9-]{0,127}";

#[test]
fn a_stack_s_name_has_1_to_128_characters() {
    for (length, is_one) in [(0, false), (1, true), (128, true), (129, false)] {
        assert_eq!(is_stack_name(&"a".repeat(length)), is_one, "{length}");
    }
}

proptest! {
    #[test]
    fn whatever_cloudformation_allows_is_a_stack_s_name(name in STACK_NAME) {
        prop_assert!(is_stack_name(&name));
        let arn = format!("arn:aws:cloudformation:eu-west-1:111122223333:stack/{name}/1a2b");
        prop_assert!(is_stack_arn(&arn));
        prop_assert_eq!(stack_name_of(&arn), name.as_str());
    }

    #[test]
    fn nothing_else_is_one(text in any::<String>(), id in "stack/[^/]{0,4}/?.{0,4}") {
        let arn = format!("arn:aws:cloudformation:eu-west-1:111122223333:{id}");
        for text in [text, arn] {
            if is_stack_name(&text) || is_stack_arn(&text) {
                prop_assert!(is_stack_name(stack_name_of(&text)), "{text:?}");
            } else {
                prop_assert_eq!(stack_name_of(&text), text.as_str());
            }
        }
    }

    #[test]
    fn a_given_name_has_room_for_its_rounds(
        stack in STACK_NAME,
        time in "[0-9]{8}T[0-9]{6}",
        digest in any::<[u8; 32]>(),
        round in 2..=1_000_u32,
    ) {
        let name = given(&stack, &time, digest);
        let continued = of_round(&name, round);
        prop_assert!(is_given(&name) && is_given(&continued));
        prop_assert!(continued.starts_with(&name) && name.starts_with(&prefix(&stack)));
        prop_assert!(continued.len() <= MOST_CHARACTERS, "{continued}");
        prop_assert_eq!(of_round(&continued, round), continued);
    }

    #[test]
    fn a_name_of_any_kind_may_be_given_or_not(text in any::<String>()) {
        // A time, a digest and the hyphen between them.
        prop_assert!(!is_given(&text) || text.len() >= 32);
    }
}
