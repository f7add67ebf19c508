//! The pages of docs/reference that clap, the templates and the schemas say, and where all pages
//! point.

mod command;
mod documents;
mod links;
mod marks;
mod parameters;
mod table;

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

/// Set, the pages are written and not compared: `cargo xtask reference`.
const WRITE: &str = "SPOTMANAGER_REFERENCE_WRITE";

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
    if env::var_os(WRITE).is_some() {
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

#[test]
fn parameters_are_as_the_templates_have_them() -> Result<()> {
    hold("parameters.md", &parameters::page()?)
}

#[test]
fn documents_are_as_the_schemas_have_them() -> Result<()> {
    hold("documents.md", &documents::page()?)
}

#[test]
fn every_link_leads_somewhere() -> Result<()> {
    // Fewer pages mean that a folder was moved.
    ensure!(links::pages()?.len() > 25);
    let broken = links::broken()?;
    ensure!(broken.is_empty(), "{broken:#?}");
    Ok(())
}
