//! The names of executions: every form that there is, and how a form is recognised.
//!
//! | started by | name |
//! |---|---|
//! | *start*, for an alarm, an event or the schedule | `STACK-TIME-DIGEST` |
//! | *start*, for a rebalance recommendation | `STACK-rebalance-INSTANCE` |
//! | the state `ContinueAsNew`, for round N | the name before it, and `-rN` |
//! | `spotmanager run` | `STACK-run-TIME` |
//!
//! A person may give any other name. StartExecution allows 80 characters.
//! See <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>.

use jiff::Timestamp;

/// The most characters that StartExecution allows.
pub const MOST_CHARACTERS: usize = 80;
/// Of these, what is kept for the number of a round: `-r1000`.
pub const ROUND_CHARACTERS: usize = 6;
/// How much of a stack's name is shown: with time and digest a name has room for a round's number.
const SHOWN: usize = 40;
/// A time without punctuation, as `20260101T000000`.
const TIME_CHARACTERS: usize = 15;
/// The bytes of a digest, each of which is two characters.
const DIGEST_BYTES: usize = 8;
/// Before the instance of a rebalance recommendation.
const REBALANCE: &str = "rebalance-";
/// Before the number of a round.
const ROUND: &str = "-r";

/// What the names of a stack's executions begin with. Stacks whose names begin alike may share it.
///
/// ```
/// assert_eq!(spotmanager_domain::execution_name::prefix("render-farm"), "render-farm-");
/// ```
#[must_use]
pub fn prefix(stack_name: &str) -> String {
    let shown: String = stack_name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(SHOWN)
        .collect();
    format!("{shown}-")
}

/// The name that *start* gives: the stack and the time for the reader, the first bytes of a digest
/// for uniqueness.
///
/// ```
/// use spotmanager_domain::execution_name::given;
/// let name = given("farm", "2026-01-01T00:00:00.123+0000", [0xab; 32]);
/// assert_eq!(name, "farm-20260101T000000-abababababababab");
/// ```
#[must_use]
pub fn given(stack_name: &str, time: &str, digest: [u8; 32]) -> String {
    let time: String = time
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(TIME_CHARACTERS)
        .collect();
    let digest = digest.iter().take(DIGEST_BYTES);
    let digest: String = digest.map(|byte| format!("{byte:02x}")).collect();
    format!("{}{time}-{digest}", prefix(stack_name))
}

/// The name that *start* gives for a rebalance recommendation. The execution of the interruption
/// warning for the same instance finds it by this name.
///
/// ```
/// use spotmanager_domain::execution_name::of_recommendation;
/// let name = of_recommendation("farm", "i-0123456789abcdef0");
/// assert_eq!(name, "farm-rebalance-i-0123456789abcdef0");
/// ```
#[must_use]
pub fn of_recommendation(stack_name: &str, instance_id: &str) -> String {
    format!("{}{REBALANCE}{instance_id}", prefix(stack_name))
}

/// The name of the execution that continues one of this name with a round, as `ContinueAsNew` gives
/// it. It replaces the number of an earlier round, and what does not fit is cut at the beginning.
///
/// ```
/// use spotmanager_domain::execution_name::of_round;
/// assert_eq!(of_round("farm-20260101T000000-0123456789abcdef-r7", 8),
///     "farm-20260101T000000-0123456789abcdef-r8");
/// ```
#[must_use]
pub fn of_round(name: &str, round: u32) -> String {
    let first = without_round(name);
    let too_many = first
        .chars()
        .count()
        .saturating_sub(MOST_CHARACTERS - ROUND_CHARACTERS);
    let kept: String = first.chars().skip(too_many).collect();
    format!("{kept}{ROUND}{round}")
}

/// The name that `spotmanager run` gives. No two within a millisecond have the same.
///
/// ```
/// use spotmanager_domain::execution_name::of_run;
/// let now = "2026-11-27T20:55:01.123Z".parse().expect("it is a time");
/// assert_eq!(of_run("farm", now), "farm-run-20261127T205501123");
/// ```
#[must_use]
pub fn of_run(stack_name: &str, now: Timestamp) -> String {
    format!("{stack_name}-run-{}", now.strftime("%Y%m%dT%H%M%S%3f"))
}

/// Whether *start* gave the name, or `ContinueAsNew` to one that continues such an execution.
///
/// ```
/// use spotmanager_domain::execution_name::is_given;
/// assert!(is_given("farm-20260101T000000-0123456789abcdef"));
/// assert!(is_given("farm-20260101T000000-0123456789abcdef-r12"));
/// assert!(is_given("farm-rebalance-i-0123456789abcdef0"));
/// assert!(!is_given("by-hand"));
/// assert!(!is_given("farm-run-20261127T205501123"));
/// ```
#[must_use]
pub fn is_given(name: &str) -> bool {
    let first = without_round(name);
    let rebalance = first.rsplit_once(REBALANCE);
    if rebalance.is_some_and(|(_, instance)| instance.starts_with("i-")) {
        return true;
    }
    let mut parts = first.rsplit('-');
    let digest = parts.next().unwrap_or_default();
    let time = parts.next().unwrap_or_default();
    digest.len() == 2 * DIGEST_BYTES
        && digest.bytes().all(|b| b.is_ascii_hexdigit())
        && time.len() == TIME_CHARACTERS
        && time.as_bytes().get(8) == Some(&b'T')
}

fn without_round(name: &str) -> &str {
    match name.rsplit_once(ROUND) {
        Some((first, round)) if is_number(round) => first,
        _ => name,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "farm-20260101T000000-0123456789abcdef";

    #[test]
    fn a_prefix_shows_40_characters_of_the_stack_and_letters_digits_and_hyphens_alone() {
        assert_eq!(prefix("render-farm"), "render-farm-");
        assert_eq!(prefix("farm_9.a"), "farm-9-a-");
        let long = "a".repeat(41);
        assert_eq!(prefix(&long), format!("{}-", &long[..40]));
    }

    #[test]
    fn a_name_that_start_gave_ends_in_a_time_a_digest_and_perhaps_a_round() {
        let digest = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef];
        let digest: [u8; 32] = std::array::from_fn(|byte| digest[byte % 8]);
        assert_eq!(given("farm", "2026-01-01T00:00:00.123+0000", digest), NAME);
        for (name, is_one) in [
            (NAME, true),
            ("farm-20260101T000000-0123456789abcdef-r2", true),
            ("20260101T000000-0123456789abcdef", true),
            ("farm-20260101T000000-0123456789abcdef-r", false),
            ("farm-20260101T000000-0123456789abcdef-rx", false),
            ("farm-20260101T000000-0123456789abcdef-2", false),
            ("farm-20260101T000000-0123456789abcde", false),
            ("farm-20260101T000000-0123456789abcdefa", false),
            ("farm-20260101T000000-0123456789abcdeg", false),
            ("farm-20260101T00000-0123456789abcdef", false),
            ("farm-20260101-000000-0123456789abcdef", false),
            ("farm-20260101x000000-0123456789abcdef", false),
            ("farm-run-20261127T205501123", false),
            ("by-hand", false),
            ("", false),
        ] {
            assert_eq!(is_given(name), is_one, "{name}");
        }
    }

    #[test]
    fn a_round_s_number_follows_the_name_and_replaces_the_one_before() {
        for (name, round, continued) in [
            (NAME, 2, format!("{NAME}-r2")),
            (&format!("{NAME}-r2"), 13, format!("{NAME}-r13")),
            ("by-hand", 2, "by-hand-r2".to_owned()),
            ("to-r", 2, "to-r-r2".to_owned()),
            // 74 characters of the name stay, the last ones.
            (
                &format!("b{}", "a".repeat(74)),
                1000,
                format!("{}-r1000", "a".repeat(74)),
            ),
        ] {
            assert_eq!(of_round(name, round), continued);
        }
    }

    #[test]
    fn a_run_s_name_has_its_time_to_the_millisecond() {
        let now = "2026-11-27T20:55:01.123Z".parse().unwrap();
        assert_eq!(of_run("farm", now), "farm-run-20261127T205501123");
    }
}
