//! The functions' architecture, and whether this machine can build for it.

use std::{path::Path, process::Command};

use anyhow::{Result, ensure};
use clap::ValueEnum;

use crate::run::captured;

/// The architecture of the functions, in the words of the template's parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Architecture {
    /// Intel and AMD.
    #[value(name = "x86_64")]
    X86_64,
    /// AWS Graviton.
    #[value(name = "arm64")]
    Arm64,
}

impl Architecture {
    /// As Lambda names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86_64 => "x86_64",
        }
    }

    /// As rustc names it.
    pub(crate) fn target(self) -> &'static str {
        match self {
            Self::Arm64 => "aarch64-unknown-linux-gnu",
            Self::X86_64 => "x86_64-unknown-linux-gnu",
        }
    }

    /// As Linux names it.
    pub(crate) fn machine(self) -> &'static str {
        match self {
            Self::Arm64 => "aarch64",
            Self::X86_64 => "x86_64",
        }
    }

    /// Fails if rustc has no standard library for it.
    /// See <https://rust-lang.github.io/rustup/cross-compilation.html>.
    pub(crate) fn expect_buildable(self) -> Result<()> {
        let target = self.target();
        let libraries =
            captured(Command::new("rustc").args(["--print", "target-libdir", "--target", target]))?;
        ensure!(
            Path::new(libraries.trim()).exists(),
            "rustc has no standard library for {target}; `rustup target add {target}` installs it"
        );
        Ok(())
    }
}
