//! Everything that must hold before a change lands.

use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Each check with its headline, cheapest first. All name the same packages and features, so
/// that cargo builds the SDK crates once.
const CHECKS: &[(&str, &[&str])] = &[
    ("formatting", &["fmt", "--all", "--check"]),
    (
        "lints",
        &[
            "clippy",
            "--locked",
            "--workspace",
            "--all-targets",
            "--all-features",
            "--",
            "-D",
            "warnings",
        ],
    ),
    (
        "tests",
        &["test", "--locked", "--workspace", "--all-features"],
    ),
];

/// Runs the checks in their order, up to the first that fails.
pub(crate) fn run() -> Result<()> {
    for (headline, arguments) in CHECKS {
        println!("── {headline}: cargo {}", arguments.join(" "));
        let status = Command::new(env!("CARGO"))
            .args(*arguments)
            .status()
            .with_context(|| format!("could not run cargo for {headline}"))?;
        ensure!(
            status.success(),
            "{headline} failed: cargo {}",
            arguments.join(" ")
        );
    }
    println!("── all checks passed");
    Ok(())
}
