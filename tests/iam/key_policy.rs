//! The key policy that docs/how-to/customer-key.md gives.

use std::fs;

use anyhow::{Context, Result};

use crate::{
    checkout,
    parameters::{STACK_NAME, WORKERS},
    place::{ACCOUNT, Place},
    policies::Policy,
};

const PAGE: &str = "docs/how-to/customer-key.md";

/// The policy with the placeholders of the page filled in.
pub(crate) fn read(place: &Place) -> Result<Policy> {
    let page = fs::read_to_string(checkout().join(PAGE)).context(PAGE)?;
    let block = page.split("```json\n").nth(1);
    let block = block.and_then(|rest| rest.split("```").next());
    let mut text = block
        .with_context(|| format!("{PAGE} has no JSON"))?
        .to_owned();
    let topic = format!("{WORKERS}-jobs-to-do");
    for (placeholder, value) in [
        ("PARTITION", place.partition),
        ("REGION", place.region),
        ("ACCOUNT", ACCOUNT),
        ("JOBS_TOPIC", &topic),
        ("STACK", STACK_NAME),
    ] {
        let found = text.contains(placeholder).then_some(());
        found.with_context(|| format!("{PAGE} has no placeholder {placeholder}"))?;
        text = text.replace(placeholder, value);
    }
    Ok(Policy {
        name: "key policy".to_owned(),
        attached_to: Some("key"),
        statements: serde_json::from_str(&text).context(PAGE)?,
    })
}
