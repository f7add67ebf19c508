//! Where things lie in the checkout.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use spotmanager_artifacts::{BOOTSTRAP, FUNCTIONS_VARIABLE};

/// A checkout of the repository, with its build directory.
#[derive(Clone, Debug)]
pub struct Checkout {
    root: PathBuf,
    binaries: PathBuf,
    /// Unpacked packages, which are run in place of the functions' development build.
    packages: Option<PathBuf>,
}

impl Checkout {
    /// The checkout that the running program was built in.
    ///
    /// # Errors
    /// When the running program cannot be told.
    pub fn of_this_program() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .nth(2)
            .context("the crate does not lie in dev/ of a checkout")?;
        let program = env::current_exe().context("the running program cannot be told")?;
        let binaries = program
            .ancestors()
            .skip(1)
            // A test's program lies in deps/, beside which the binaries are.
            .find(|directory| !directory.ends_with("deps"))
            .context("the running program lies nowhere")?;
        Ok(Self {
            root: root.to_owned(),
            binaries: binaries.to_owned(),
            packages: env::var_os(FUNCTIONS_VARIABLE).map(PathBuf::from),
        })
    }

    /// The root.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The binary of a function, such as `start`: of this build, or that of a package if
    /// [`FUNCTIONS_VARIABLE`] names a folder.
    #[must_use]
    pub fn function(&self, name: &str) -> PathBuf {
        match &self.packages {
            Some(packages) => packages.join(name).join(BOOTSTRAP),
            None => self.binaries.join(format!("spotmanager-{name}")),
        }
    }

    /// The `spotmanager` command.
    #[must_use]
    pub fn command(&self) -> PathBuf {
        self.binaries.join("spotmanager")
    }

    /// A tool that `cargo xtask` installs from PyPI, such as `ministack`.
    ///
    /// # Errors
    /// When it is not installed.
    pub fn tool(&self, name: &str) -> Result<PathBuf> {
        let path = Path::new(env!("SPOTMANAGER_TOOLS")).join("bin").join(name);
        ensure!(
            path.exists(),
            "{} is not there; `cargo xtask tools` installs it",
            path.display()
        );
        Ok(path)
    }

    /// A folder for logs, which `cargo clean` takes away.
    #[must_use]
    pub fn logs(&self, of: &str) -> PathBuf {
        self.root.join("target").join("logs").join(of)
    }

    /// A file of the checkout.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&self, path: &str) -> Result<String> {
        fs::read_to_string(self.root.join(path)).with_context(|| format!("cannot read {path}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(packages: Option<&str>) -> PathBuf {
        let checkout = Checkout {
            root: "/checkout".into(),
            binaries: "/checkout/target/debug".into(),
            packages: packages.map(PathBuf::from),
        };
        checkout.function("start")
    }

    #[test]
    fn a_function_is_that_of_the_build_or_of_the_packages() {
        let built = Path::new("/checkout/target/debug/spotmanager-start");
        assert_eq!(start(None), built);
        let packaged = Path::new("/packages/start/bootstrap");
        assert_eq!(start(Some("/packages")), packaged);
    }
}
