//! The lists of codes in the schemas, from the catalogues in the code.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use serde_json::Value;
use spotmanager_doctor::{LinkName, LinkState, Rule, Severity};
use spotmanager_domain::{
    LossKind, Purpose,
    flow::{RoundResult, ServedBy},
    verdict::{Choice, ReasonCode},
};
use strum::VariantArray;

use crate::{checkout, is_writing, read};

/// Holds every list against its catalogue, or writes it.
pub(crate) fn hold() -> Result<()> {
    hold_list("decision", "/properties/reason/enum", ReasonCode::VARIANTS)?;
    hold_list("decision", "/properties/choice/enum", Choice::VARIANTS)?;
    for event in ["decision", "outcome"] {
        hold_list(event, "/properties/purpose/enum", Purpose::VARIANTS)?;
    }
    hold_list("outcome", "/properties/result/enum", RoundResult::VARIANTS)?;
    hold_list("outcome", "/properties/served_by/enum", ServedBy::VARIANTS)?;
    let kind = "/properties/loss/properties/kind/enum";
    hold_list("decision", kind, LossKind::VARIANTS)?;
    let choice = "/properties/decisions/items/properties/verdict/properties/choice/enum";
    hold_list("explain", choice, Choice::VARIANTS)?;
    let finding = |field| format!("/properties/findings/items/properties/{field}/enum");
    hold_list("doctor", &finding("severity"), Severity::VARIANTS)?;
    hold_list("doctor", &finding("rule"), Rule::VARIANTS)?;
    let link = |field| format!("/properties/chain/items/properties/{field}/enum");
    hold_list("doctor", &link("link"), LinkName::VARIANTS)?;
    hold_list("doctor", &link("state"), LinkState::VARIANTS)
}

/// Holds the list against the codes as they are written into documents.
fn hold_list<T: Serialize>(schema: &str, pointer: &str, codes: &[T]) -> Result<()> {
    let expected: Vec<String> = serde_json::from_value(serde_json::to_value(codes)?)?;
    let path = format!("schemas/{schema}.json");
    let file = read(&path)?;
    let schema: Value = serde_json::from_str(&file)?;
    let found = schema.pointer(pointer).and_then(Value::as_array);
    let found = found.with_context(|| format!("{path} has no list at {pointer}"))?;
    let found: Vec<_> = found.iter().filter_map(Value::as_str).collect();
    if found == expected {
        return Ok(());
    }
    ensure!(
        is_writing(),
        "{path} is old at {pointer}: `cargo xtask reference`"
    );
    let (old, new) = (listed(pointer, &found), listed(pointer, &expected));
    ensure!(
        file.matches(&old).count() == 1,
        "{path} should have a line for each code at {pointer}"
    );
    Ok(fs::write(checkout().join(path), file.replace(&old, &new))?)
}

/// The list as its schema has it: a line for each code, and two spaces for each level above it.
fn listed(pointer: &str, codes: &[impl AsRef<str>]) -> String {
    let indent = "  ".repeat(pointer.matches('/').count() + 1);
    let lines = codes
        .iter()
        .map(|code| format!("\n{indent}{:?}", code.as_ref()));
    lines.collect::<Vec<_>>().join(",")
}
