//! Everything that must hold before a change lands.

use std::{panic::resume_unwind, path::PathBuf, process::Command, thread};

use anyhow::Result;

use crate::{
    bench, build, dependencies,
    run::{cargo, run},
    tools,
};

/// Runs the checks, cheapest first but for what runs beside another, up to the first that fails.
pub(crate) fn run_all() -> Result<()> {
    run(
        "formatting: cargo fmt",
        cargo().args(["fmt", "--all", "--check"]),
    )?;
    run(
        "formatting: cargo fmt, of the fuzz targets",
        cargo().args(["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]),
    )?;
    let checkov = lint_and_install()?;
    run(
        "templates: cfn-lint",
        Command::new(tools::path("cfn-lint")).args(["infra/*.yaml", "tests/stacks/*.yaml"]),
    )?;
    run(
        "templates: checkov",
        Command::new(checkov)
            // Both leave the network alone: what is pinned is what checks.
            .env("CKV_SKIP_PACKAGE_UPDATE_CHECK", "true")
            .arg("--skip-download")
            .args(["--directory", "infra"])
            .args(["--framework", "cloudformation", "terraform"])
            .args(["--quiet", "--compact"]),
    )?;
    let advisories = dependencies::check()?;
    // The integration tests run the functions' binaries, which cargo test alone does not build.
    build::run_build()?;
    run("tests: cargo test", cargo().arg("test").args(build::ALL))?;
    bench::check_instructions()?;
    println!("── all checks passed; {advisories}");
    Ok(())
}

/// Lints the code while the tools are installed, which is waiting for the network for the most
/// part; tells checkov's executable.
fn lint_and_install() -> Result<PathBuf> {
    thread::scope(|scope| {
        let installing = scope.spawn(|| {
            tools::install()?;
            tools::checkov()
        });
        let lints = run(
            "lints: cargo clippy",
            cargo()
                .arg("clippy")
                .args(build::ALL)
                .args(["--all-targets", "--", "-D", "warnings"]),
        );
        let checkov = installing
            .join()
            .unwrap_or_else(|panic| resume_unwind(panic));
        lints.and(checkov)
    })
}
