//! The texts that clap, the templates, the schemas and the catalogues in the code say, and where all
//! pages point.

mod command;
mod course;
mod documents;
mod enums;
mod errors;
mod events;
mod invariants;
mod links;
mod marks;
mod metrics;
mod parameters;
mod reasons;
mod rules;
mod runbook;
mod samples;
mod settings;
mod table;
mod transitions;

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

/// Set, the pages are written and not compared: `cargo xtask reference`.
const WRITE: &str = "SPOTMANAGER_REFERENCE_WRITE";

fn is_writing() -> bool {
    env::var_os(WRITE).is_some()
}

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> Result<String> {
    fs::read_to_string(checkout().join(path)).with_context(|| path.to_owned())
}

/// Holds a page against what it should be.
fn hold(page: &str, expected: &str) -> Result<()> {
    let path = format!("docs/reference/{page}");
    let expected = format!("{}\n", expected.trim_end());
    if is_writing() {
        return Ok(fs::write(checkout().join(&path), expected)?);
    }
    let page = read(&path)?;
    ensure!(page == expected, "{path} is old: `cargo xtask reference`");
    Ok(())
}

#[test]
fn the_command_is_as_clap_has_it() -> Result<()> {
    hold("command.md", &command::page()?)
}

// One test, because the page is written of what it writes into the templates before.
#[test]
fn templates_are_as_the_table_of_settings_has_them_and_parameters_as_the_templates() -> Result<()> {
    settings::hold()?;
    hold("parameters.md", &parameters::page()?)
}

// One test, because the page is written of what it writes into the schemas before.
#[test]
fn schemas_are_as_the_catalogues_have_them_and_documents_as_the_schemas() -> Result<()> {
    enums::hold()?;
    hold("documents.md", &documents::page()?)?;
    marks::hold_between("docs/how-to/notifications.md", "events", &events::text()?)
}

#[test]
fn each_event_has_the_fields_that_its_schema_has() -> Result<()> {
    // What is being written cannot be read at the same time.
    if is_writing() {
        return Ok(());
    }
    events::hold_fields()
}

#[test]
fn reasons_are_as_the_catalogue_has_them() -> Result<()> {
    marks::hold_between("docs/reference/outcomes.md", "reasons", &reasons::text()?)
}

#[test]
fn errors_are_as_the_catalogue_and_the_state_machine_have_them() -> Result<()> {
    marks::hold_between("docs/reference/outcomes.md", "errors", &errors::text()?)?;
    errors::hold_runbook()
}

#[test]
fn metrics_are_as_the_catalogue_has_them() -> Result<()> {
    marks::hold_between(
        "docs/reference/outcomes.md",
        "metrics",
        &metrics::meanings(),
    )?;
    marks::hold_between("docs/cost.md", "series", &metrics::series()?)
}

#[test]
fn the_cost_counts_what_the_flow_goes_through() -> Result<()> {
    // What is being written cannot be read at the same time.
    if is_writing() {
        return Ok(());
    }
    transitions::hold()
}

#[test]
fn the_dashboards_show_every_metric() -> Result<()> {
    // What is being written cannot be read at the same time.
    if is_writing() {
        return Ok(());
    }
    metrics::hold_dashboards()
}

#[test]
fn what_doctor_looks_at_is_as_the_catalogues_have_it() -> Result<()> {
    hold("doctor.md", &rules::page()?)
}

#[test]
fn every_test_that_holds_an_invariant_exists() -> Result<()> {
    let missing = invariants::missing()?;
    ensure!(
        missing.is_empty(),
        "docs/architecture.md names {missing:#?}"
    );
    Ok(())
}

#[test]
fn every_link_leads_somewhere() -> Result<()> {
    // What is being written cannot be read at the same time.
    if is_writing() {
        return Ok(());
    }
    // Fewer pages mean that a folder was moved.
    ensure!(links::pages()?.len() > 25);
    let broken = links::broken()?;
    ensure!(broken.is_empty(), "{broken:#?}");
    Ok(())
}
