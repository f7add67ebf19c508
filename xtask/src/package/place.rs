//! Where a function is built, and that the binary does not tell it.
//! See <https://reproducible-builds.org/docs/>.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use super::architecture::Architecture;
use crate::{
    checkout,
    run::{captured, run_in},
    tools,
};

/// The first moment that a zip file can name: 1980-01-01, in seconds since 1970.
pub(crate) const BUILT_AT: u64 = 315_532_800;

/// A checkout, and the cargo home with the sources of its dependencies.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) root: PathBuf,
    pub(crate) cargo_home: PathBuf,
}

impl Place {
    /// This checkout, and whoever runs this.
    pub(crate) fn here() -> Result<Self> {
        let cargo_home = env::var_os("CARGO_HOME")
            .map(PathBuf::from)
            .or_else(|| Some(env::home_dir()?.join(".cargo")))
            .context("neither CARGO_HOME nor a home is set")?;
        Ok(Self {
            root: fs::canonicalize(checkout::path("."))?,
            cargo_home: fs::canonicalize(cargo_home).context("there is no cargo home")?,
        })
    }

    /// Builds a package for release, and tells its binary of this name.
    ///
    /// Alone: built beside others, what they share would have the features of all.
    pub(crate) fn build(
        &self,
        package: &str,
        binary: &str,
        architecture: Architecture,
    ) -> Result<PathBuf> {
        run_in(
            &self.root,
            &format!("build: {binary} in {}", self.root.display()),
            Command::new(tools::path("cargo-lambda"))
                .env("PATH", tools::with_path()?)
                .env("CARGO_HOME", &self.cargo_home)
                .env("SOURCE_DATE_EPOCH", BUILT_AT.to_string())
                .env_remove("CARGO_TARGET_DIR")
                // Either would take the place of the flags below and of cargo-lambda's own.
                .env_remove("CARGO_ENCODED_RUSTFLAGS")
                .env_remove("RUSTFLAGS")
                .args(["lambda", "build", "--release", "--locked"])
                .args(["--target", architecture.target()])
                .args(["--package", package])
                .args(["--config", &self.renamed()?]),
        )?;
        let built = Path::new("target/lambda").join(binary).join("bootstrap");
        Ok(self.root.join(built))
    }

    /// The flags that give every path of this place a name that it has everywhere, as cargo's
    /// `--config` takes them. Of several that fit a path, rustc heeds the last.
    fn renamed(&self) -> Result<String> {
        let rustc = captured(Command::new("rustc").args(["--version", "--verbose"]))?;
        let commit = rustc
            .lines()
            .find_map(|line| line.strip_prefix("commit-hash: "))
            .context("rustc does not tell its commit")?;
        let sysroot = captured(Command::new("rustc").args(["--print", "sysroot"]))?;
        let mut names = vec![
            (self.root.clone(), "/spotmanager".to_owned()),
            (self.cargo_home.clone(), "/cargo".to_owned()),
            // As the standard library has it where the component rust-src is not installed.
            (
                Path::new(sysroot.trim()).join("lib/rustlib/src/rust"),
                format!("/rustc/{commit}"),
            ),
        ];
        // The folder of a registry is named for its host, and a mirror has another.
        let registries = fs::read_dir(self.cargo_home.join("registry/src"));
        let registries: BTreeSet<_> = registries
            .into_iter()
            .flatten()
            .flatten()
            .map(|registry| registry.path())
            .collect();
        for registry in registries {
            names.push((registry, "/cargo/registry".to_owned()));
        }
        let flags: Vec<_> = names
            .into_iter()
            .map(|(path, name)| format!("--remap-path-prefix={}={name}", path.display()))
            .collect();
        // An array of JSON's strings is one of TOML's.
        Ok(format!(
            "build.rustflags={}",
            serde_json::to_string(&flags)?
        ))
    }
}
