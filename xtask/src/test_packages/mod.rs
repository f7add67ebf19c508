//! The function tests on release packages in place of the development build.

mod unpack;

use std::{
    env, fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use clap::Args;
use spotmanager_artifacts::{BOOTSTRAP, FUNCTIONS, FUNCTIONS_VARIABLE};

use self::unpack::{expect_architecture, unpack};
use crate::{
    build, checkout,
    package::{self, Architecture, Machine, Place, possible},
    suite::run_tests,
    tools,
};

/// Is named in the last line of `cargo xtask test`, which runs the development build.
pub(crate) const LEFT_OUT: &str =
    "release packages, which `cargo xtask test --packages` builds and tests";

const FOLDER: &str = "target/package-tests";
const SUITE: &str = "functions";

/// What is tested.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Runs only the function tests, on release packages, which it builds.
    #[arg(long)]
    pub(crate) packages: bool,
    /// The functions; all if none is named.
    #[arg(value_name = "FUNCTION", value_parser = FUNCTIONS, requires = "packages")]
    functions: Vec<String>,
    /// The packages' architecture; may be given several times. All that this machine can build and
    /// run if none is given.
    #[arg(long = "architecture", value_enum, requires = "packages")]
    architectures: Vec<Architecture>,
    /// Tests the packages in this folder, such as that of a release, and builds none.
    #[arg(
        long,
        value_name = "FOLDER",
        requires = "packages",
        requires = "architectures"
    )]
    from: Option<PathBuf>,
}

/// Builds packages, unpacks them and runs the function tests on what was in them.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let is_built = arguments.from.is_none();
    let (architectures, left_out) = possible(&arguments.architectures, |architecture| {
        if is_built {
            architecture.expect_buildable()?;
        }
        Machine::of(architecture).map(drop)
    })?;
    tools::install()?;
    let mut tested = Vec::new();
    for architecture in architectures {
        let packages = match &arguments.from {
            Some(folder) => folder.clone(),
            None => {
                let chosen = package::chosen(&arguments.functions);
                package::package_for(&Place::here()?, chosen, architecture)?
            }
        };
        test(&packages, architecture, &arguments.functions)?;
        tested.push(architecture.name());
    }
    let what = match arguments.functions.as_slice() {
        [] => "all functions".to_owned(),
        named => named.join(", "),
    };
    println!(
        "── the function tests passed on packages of {what} for {}{left_out}",
        tested.join(" and ")
    );
    Ok(())
}

fn test(packages: &Path, architecture: Architecture, functions: &[String]) -> Result<()> {
    let machine = Machine::of(architecture)?;
    let folder = checkout::path(FOLDER).join(architecture.name());
    if folder.exists() {
        fs::remove_dir_all(&folder).context("cannot remove the functions before")?;
    }
    fs::create_dir_all(&folder)?;
    // The tests run in a folder of their own.
    let folder = fs::canonicalize(folder)?;
    for function in package::chosen(functions) {
        let zip = packages.join(format!("{function}.zip"));
        let zip = fs::read(&zip).with_context(|| format!("cannot read {}", zip.display()))?;
        expect_architecture(function, &zip, architecture)?;
        unpack(function, &zip, &machine, &folder)?;
    }
    if !functions.is_empty() {
        build::run_build()?;
        for function in FUNCTIONS {
            if !functions.iter().any(|chosen| chosen == function) {
                leave_as_built(function, &folder)?;
            }
        }
    }
    let folder = folder
        .to_str()
        .context("the checkout's path is not UTF-8")?;
    let variable = || [(FUNCTIONS_VARIABLE.to_owned(), folder.to_owned())];
    if functions.is_empty() {
        return run_tests(SUITE, None, variable());
    }
    for function in functions {
        // A test is named for its function.
        run_tests(SUITE, Some(&format!("{function}: ")), variable())?;
    }
    Ok(())
}

/// Puts a function's development build into a folder: one whose tests are not run, but which is
/// deployed with the others.
fn leave_as_built(function: &str, folder: &Path) -> Result<()> {
    // Cargo puts all binaries of the workspace beside each other.
    let built = env::current_exe()?.with_file_name(format!("spotmanager-{function}"));
    let folder = folder.join(function);
    fs::create_dir(&folder)?;
    symlink(built, folder.join(BOOTSTRAP))?;
    Ok(())
}
