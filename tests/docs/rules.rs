//! The page of what doctor looks at, from the catalogues of links and rules.

use anyhow::Result;
use spotmanager_doctor::{LinkName, Rule};
use strum::VariantArray;

use crate::table::{code, meaning, table};

pub(crate) fn page() -> Result<String> {
    let links = LinkName::VARIANTS
        .iter()
        .map(|link| Ok([code(&link.to_string()), meaning(link)?]));
    let links = links.collect::<Result<Vec<_>>>()?;
    let rules = Rule::VARIANTS.iter().map(|rule| {
        let severities = rule.severities().iter();
        let severities = severities.map(|severity| code(&severity.to_string()));
        let severities = severities.collect::<Vec<_>>().join(", ");
        Ok([code(&rule.to_string()), severities, meaning(rule)?])
    });
    let rules = rules.collect::<Result<Vec<_>>>()?;
    Ok(format!(
        "# What doctor looks at\n\nWritten by `cargo xtask reference` from the code. How it is used: \
         [the command](../how-to/command.md).\n\n## Links\n\nThe chain from the alarm for jobs to the \
         state machine, and what else SpotManager rests on, in their order.\n\n{}\n## Rules\n\nWhat a \
         finding is about. Of several severities the finding says which.\n\n{}",
        table(["link", "it holds if"], links),
        table(["`rule`", "severity", "what is found"], rules)
    ))
}
