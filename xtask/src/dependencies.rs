//! What the dependencies must keep: `deny.toml`, and that each is used.

use std::process::{Command, Stdio};

use anyhow::Result;

use crate::{
    run::{captured, cargo, run},
    tools,
};

/// Checks the dependencies; returns why the advisories are left out, if so.
pub(crate) fn check() -> Result<Option<String>> {
    run(
        "dependencies: cargo deny (bans, licenses, sources)",
        cargo_deny()
            .args(["check", "--deny", "warnings"])
            .args(["bans", "licenses", "sources"]),
    )?;
    run(
        "dependencies: cargo shear",
        Command::new(tools::path("cargo-shear")).args(["--locked", "--deny-warnings"]),
    )?;
    // The fuzz targets are a workspace of their own, which no other check resolves.
    run(
        "dependencies: fuzz/Cargo.lock",
        cargo()
            .args(["metadata", "--locked", "--format-version", "1"])
            .args(["--manifest-path", "fuzz/Cargo.toml"])
            .stdout(Stdio::null()),
    )?;
    // RustSec's database is a git repository and on no package registry: not every network has it.
    if let Err(error) = captured(cargo_deny().args(["fetch", "db"])) {
        println!("── advisories: LEFT OUT, the RustSec database is out of reach: {error:#}");
        let reason = "RustSec's advisories (their database is out of reach)";
        return Ok(Some(reason.to_owned()));
    }
    run(
        "dependencies: cargo deny (advisories)",
        cargo_deny().args(["check", "advisories"]),
    )?;
    Ok(None)
}

fn cargo_deny() -> Command {
    let mut cargo_deny = Command::new(tools::path("cargo-deny"));
    cargo_deny.arg("--locked");
    cargo_deny
}
