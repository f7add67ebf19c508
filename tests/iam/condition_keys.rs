//! The condition keys that the policies use, and the table of them in the reference.

use std::{collections::BTreeSet, fs};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{checkout, place::Place, policies::Policy};

const PAGE: &str = "docs/reference/permissions.md";

/// A key and the policy that uses it, as the table names both.
pub(crate) type Use = (String, String);

/// The uses in policies. A resource-based policy is named with whom each statement is for.
pub(crate) fn used(policies: &[Policy], place: &Place) -> BTreeSet<Use> {
    let mut used = BTreeSet::new();
    for policy in policies {
        for statement in &policy.statements {
            let policy = match &statement["Principal"] {
                Value::Null => policy.name.clone(),
                _ if policy.attached_to == Some("role") => policy.name.clone(),
                Value::String(_) => format!("{} for all", policy.name),
                principal => {
                    let service = principal["Service"].as_str().unwrap_or_default();
                    let service = service.replace(place.region, "REGION");
                    format!("{} for `{service}`", policy.name)
                }
            };
            let operators = statement["Condition"].as_object().into_iter().flatten();
            let keys = operators.flat_map(|(_, keys)| keys.as_object().into_iter().flatten());
            used.extend(keys.map(|(key, _)| (format!("`{key}`"), policy.clone())));
        }
    }
    used
}

/// The uses that the reference documents.
///
/// # Errors
/// When a row has no page of AWS, or does not say how sure it is.
pub(crate) fn documented() -> Result<BTreeSet<Use>> {
    let page = fs::read_to_string(checkout().join(PAGE)).context(PAGE)?;
    let section = page.split("\n## Condition keys\n").nth(1);
    let section = section.with_context(|| format!("{PAGE} has no section \"Condition keys\""))?;
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let mut documented = BTreeSet::new();
    for row in rows {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [key, policies, _, source, sure] = cells[..] else {
            anyhow::bail!("{PAGE}: a row has {} cells, not 5: {row}", cells.len());
        };
        let has_page = source.contains("](https://docs.aws.amazon.com/");
        ensure!(has_page, "{PAGE}: the row has no page of AWS: {row}");
        let says = ["documented", "implied: "]
            .iter()
            .any(|one| sure.starts_with(one));
        ensure!(
            says,
            "{PAGE}: the row is neither documented nor implied: {row}"
        );
        for policy in policies.split(", ") {
            let is_new = documented.insert((key.to_owned(), policy.to_owned()));
            ensure!(is_new, "{PAGE} has {key} of {policy} twice");
        }
    }
    Ok(documented)
}
