//! What the runbook says of an error, for who reads it in a terminal.

const RUNBOOK: &str = include_str!("../../../docs/runbook.md");

/// What the error means and what to do; nothing for a name that neither SpotManager nor AWS gives.
pub(crate) fn hint(error_name: &str) -> Option<String> {
    let entry = entry(&format!("`{error_name}`")).or_else(|| {
        // AWS writes the service before a dot.
        let is_of_aws = error_name.contains('.');
        is_of_aws.then(|| entry("Any other name")).flatten()
    })?;
    let (meaning, what_to_do) = (part(entry, "Meaning")?, part(entry, "What to do")?);
    let mut hint = format!(
        "{error_name}: {}\nwhat to do: {}",
        plain(meaning),
        plain(what_to_do)
    );
    for (variable, what) in variables().filter(|(variable, _)| what_to_do.contains(variable)) {
        hint.push_str(&format!("\n{variable}: {what}"));
    }
    Some(hint)
}

/// What stands below a heading, or below the one to which it refers.
fn entry(heading: &str) -> Option<&'static str> {
    let mut entries = RUNBOOK.split("\n### ").skip(1);
    let entry = entries.find_map(|entry| entry.strip_prefix(heading)?.strip_prefix('\n'))?;
    match entry.trim_start().strip_prefix("As [") {
        None => Some(entry),
        Some(reference) => self::entry(reference.split_once(']')?.0),
    }
}

fn part(entry: &'static str, label: &str) -> Option<&'static str> {
    let label = format!("- {label}: ");
    entry.lines().find_map(|line| line.strip_prefix(&label))
}

/// The variables of the page's commands, and what each of them is.
fn variables() -> impl Iterator<Item = (String, &'static str)> {
    RUNBOOK.lines().filter_map(|line| {
        let (name, value) = line.split_once('=')?;
        let (_, what) = value.split_once(" # ")?;
        let is_name = name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
        is_name.then(|| (format!("\"${name}\""), what))
    })
}

/// The text with the targets of its links in parentheses.
fn plain(markdown: &str) -> String {
    let mut plain = String::new();
    let mut rest = markdown;
    while let Some((label, target, after)) = rest.split_once("](").and_then(|(before, after)| {
        let (before, label) = before.rsplit_once('[')?;
        let (target, after) = after.split_once(')')?;
        plain.push_str(before);
        Some((label, target, after))
    }) {
        plain.push_str(label);
        if target.starts_with("https:") {
            plain.push_str(&format!(" ({target})"));
        } else if !target.starts_with('#') {
            plain.push_str(&format!(" (docs/{target})"));
        }
        rest = after;
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use spotmanager_domain::ErrorName;

    use super::*;

    #[test]
    fn every_error_that_the_page_has_is_explained_without_the_page() {
        let headings = RUNBOOK.split("\n### `").skip(1);
        let names: Vec<_> = headings
            .filter_map(|entry| entry.split('`').next())
            .collect();
        for name in ErrorName::ALL {
            assert!(names.contains(&name.as_str()), "{name}");
        }
        for name in names {
            let hint = hint(name).unwrap();
            let start = format!("{name}: ");
            assert!(
                hint.starts_with(&start) && hint.contains("\nwhat to do: "),
                "{hint}"
            );
            assert!(!hint.contains("](") && !hint.contains("as for"), "{hint}");
            let what_to_do = part(entry(&format!("`{name}`")).unwrap(), "What to do").unwrap();
            assert!(
                !what_to_do.contains("](#"),
                "{name} refers to another entry"
            );
        }
    }

    #[test]
    fn links_and_variables_are_said_in_full() {
        let denied = hint("SpotManager.AccessDenied").unwrap();
        assert!(
            denied.contains("permissions (docs/reference/permissions.md)"),
            "{denied}"
        );
        assert!(
            denied.ends_with("\n\"$GROUP\": auto_scaling_group_name in the output of Discover")
        );
        let failed = hint("Lambda.SdkClientException").unwrap();
        assert!(
            failed.starts_with("Lambda.SdkClientException: Lambda itself failed"),
            "{failed}"
        );
        assert!(
            failed.contains("AWS Health Dashboard (https://health.aws"),
            "{failed}"
        );
    }

    #[test]
    fn another_name_of_aws_has_the_entry_of_all_others_and_a_person_s_has_none() {
        let other = hint("Lambda.ResourceNotFoundException").unwrap();
        assert!(
            other.contains("An AWS service") || other.contains("an AWS service"),
            "{other}"
        );
        assert_eq!(hint("stopped"), None);
    }
}
