//! The table of reasons, from their catalogue.

use anyhow::Result;
use spotmanager_domain::verdict::{Choice, ReasonCode};
use strum::VariantArray;

use crate::table::{code, meaning, table};

pub(crate) fn text() -> Result<String> {
    let rows = ReasonCode::VARIANTS.iter().map(|reason| {
        Ok([
            code(&reason.to_string()),
            listed(reason.choices()),
            listed(reason.choice_in_return().as_slice()),
            meaning(reason)?,
        ])
    });
    let rows = rows.collect::<Result<Vec<_>>>()?;
    let headers = [
        "`reason`",
        "`choice`",
        "in a return to spot",
        "what it means",
    ];
    Ok(table(headers, rows))
}

fn listed(choices: &[Choice]) -> String {
    let choices = choices.iter().map(|choice| code(&choice.to_string()));
    choices.collect::<Vec<_>>().join(", ")
}
