//! Everything that must hold before a change lands.

use std::{panic::resume_unwind, path::PathBuf, process::Command, thread};

use anyhow::Result;

use crate::{
    bench, build, dependencies, engines,
    run::{cargo, run},
    test_packages, tools,
};

/// The properties are checked with the same values each time: what lands depends on no luck. To draw
/// others, see CONTRIBUTING.md.
const PROPERTIES_SEED: &str = "20261128";

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
    let Installed { checkov, npm } = lint_and_install()?;
    run(
        "templates: cfn-lint",
        Command::new(tools::path("cfn-lint")).args([
            "infra/*.yaml",
            "dev/verify-on-aws/templates/*.yaml",
            "tests/stacks/*.yaml",
        ]),
    )?;
    run(
        "templates: checkov",
        Command::new(checkov)
            // Both leave the network alone: what is pinned is what checks.
            .env("CKV_SKIP_PACKAGE_UPDATE_CHECK", "true")
            .arg("--skip-download")
            .args(["--directory", "infra"])
            .args(["--directory", "dev/verify-on-aws/templates"])
            .args(["--framework", "cloudformation", "terraform"])
            .args(["--quiet", "--compact"]),
    )?;
    let advisories = dependencies::check()?;
    // The integration tests run the functions' binaries, which cargo test alone does not build.
    build::run_build()?;
    let (variable, folder) = engines::fresh_exchanges()?;
    run(
        "tests: cargo test",
        cargo()
            .arg("test")
            .args(build::ALL)
            .env(variable, folder)
            .env("PROPTEST_RNG_SEED", PROPERTIES_SEED),
    )?;
    engines::check_exchanges()?;
    bench::check_instructions()?;
    let packages = Some(test_packages::LEFT_OUT.to_owned());
    let left_out = [
        advisories,
        npm,
        engines::terraform_left_out(),
        bench::instructions_left_out(),
        packages,
    ];
    let left_out: Vec<_> = left_out.into_iter().flatten().collect();
    println!("── all checks passed; LEFT OUT: {}", left_out.join("; "));
    Ok(())
}

/// What is installed while the code is linted.
struct Installed {
    /// checkov's executable.
    checkov: PathBuf,
    /// Why npm's packages are left out, if so.
    npm: Option<String>,
}

/// Lints the code while the tools are installed, which is waiting for the network for the most
/// part.
fn lint_and_install() -> Result<Installed> {
    thread::scope(|scope| {
        let installing = scope.spawn(|| {
            tools::install()?;
            Ok::<_, anyhow::Error>(Installed {
                npm: engines::install_from_npm()?,
                checkov: tools::checkov()?,
            })
        });
        let lints = run(
            "lints: cargo clippy",
            cargo()
                .arg("clippy")
                .args(build::ALL)
                .args(["--all-targets", "--", "-D", "warnings"]),
        );
        let installed = installing
            .join()
            .unwrap_or_else(|panic| resume_unwind(panic));
        lints.and(installed)
    })
}
