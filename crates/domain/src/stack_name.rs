//! What CloudFormation allows as a stack's name.

use crate::SettingError;

/// A letter, then letters, digits and hyphens, 128 at most.
/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html>.
///
/// ```
/// assert!(spotmanager_domain::is_stack_name("render-farm"));
/// assert!(!spotmanager_domain::is_stack_name("9-farms"));
/// ```
#[must_use]
pub fn is_stack_name(name: &str) -> bool {
    name.len() <= 128
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// Whether it has the shape of a stack's ARN: `arn:…:cloudformation:…:stack/NAME/ID`.
///
/// ```
/// let arn = "arn:aws:cloudformation:eu-west-1:111122223333:stack/farm/1a2b";
/// assert!(spotmanager_domain::is_stack_arn(arn));
/// ```
#[must_use]
pub fn is_stack_arn(text: &str) -> bool {
    name_in_arn(text).is_some()
}

/// Checks that `found`, which `field` holds, has the shape of a stack's name or ARN.
///
/// # Errors
/// [`SettingError`] where it has neither.
pub fn check_stack(field: &str, found: &str) -> Result<(), SettingError> {
    if is_stack_name(found) || is_stack_arn(found) {
        return Ok(());
    }
    let expected = "a stack's name of letters, digits and hyphens, or its ARN";
    Err(SettingError::new(field, found, expected))
}

/// The stack's name, of a name or an ARN.
///
/// ```
/// use spotmanager_domain::stack_name_of;
/// let arn = "arn:aws:cloudformation:eu-west-1:111122223333:stack/farm/1a2b";
/// assert_eq!((stack_name_of(arn), stack_name_of("farm")), ("farm", "farm"));
/// ```
#[must_use]
pub fn stack_name_of(name_or_arn: &str) -> &str {
    name_in_arn(name_or_arn).unwrap_or(name_or_arn)
}

fn name_in_arn(text: &str) -> Option<&str> {
    let parts: Vec<_> = text.splitn(6, ':').collect();
    let ["arn", _, "cloudformation", _, _, resource] = parts[..] else {
        return None;
    };
    resource
        .strip_prefix("stack/")
        .and_then(|rest| rest.split('/').next())
        .filter(|name| is_stack_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_or_an_arn_is_a_stack_s_and_the_name_is_in_both() {
        let arn =
            |resource: &str| format!("arn:aws:cloudformation:eu-west-1:111122223333:{resource}");
        for (text, name) in [
            ("farm".to_owned(), Some("farm")),
            ("Farm-9".to_owned(), Some("Farm-9")),
            (arn("stack/farm/1a2b"), Some("farm")),
            (String::new(), None),
            ("9-farms".to_owned(), None),
            ("-farm".to_owned(), None),
            ("farm_9".to_owned(), None),
            (arn("stack/9-farms/1a2b"), None),
            (arn("changeSet/farm/1a2b"), None),
            (
                "arn:aws:sns:eu-west-1:111122223333:stack/farm/1a2b".to_owned(),
                None,
            ),
        ] {
            assert_eq!(stack_name_of(&text), name.unwrap_or(&text), "{text}");
            let checked = check_stack("stack_name", &text);
            assert_eq!(checked.is_ok(), name.is_some(), "{text}");
            let is_arn = text.starts_with("arn:");
            assert_eq!(is_stack_name(&text), name.is_some() && !is_arn, "{text}");
            assert_eq!(is_stack_arn(&text), name.is_some() && is_arn, "{text}");
        }
        let refused = check_stack("stack_name", "9-farms")
            .unwrap_err()
            .to_string();
        assert!(refused.contains(r#"stack_name is "9-farms""#), "{refused}");
    }
}
