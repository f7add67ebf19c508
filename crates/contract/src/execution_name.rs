//! The names of executions that *start* gives, by which others of the same stack are found.

/// How much of a name before the time is shown: with time and digest the whole stays within the
/// 80 characters that StartExecution allows, and a round's number fits behind it.
/// See <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>.
const SHOWN: usize = 40;

/// What the names of a stack's executions begin with. Stacks whose names begin alike may share it.
///
/// ```
/// assert_eq!(spotmanager_contract::execution_name::prefix("render-farm"), "render-farm-");
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

/// Whether *start* gave the name: it ends in a time of 15 and a digest of 16 characters, and a
/// round's number where the execution continues another.
///
/// ```
/// use spotmanager_contract::execution_name::is_given;
/// assert!(is_given("farm-20260101T000000-0123456789abcdef"));
/// assert!(is_given("farm-20260101T000000-0123456789abcdef-r12"));
/// assert!(!is_given("by-hand"));
/// ```
#[must_use]
pub fn is_given(name: &str) -> bool {
    let mut parts = name.rsplit('-').peekable();
    parts.next_if(|part| {
        part.strip_prefix('r')
            .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
    });
    let digest = parts.next().unwrap_or_default();
    let time = parts.next().unwrap_or_default();
    digest.len() == 16
        && digest.bytes().all(|b| b.is_ascii_hexdigit())
        && time.len() == 15
        && time.as_bytes().get(8) == Some(&b'T')
}
