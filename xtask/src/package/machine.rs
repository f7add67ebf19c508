//! What runs an architecture's programs on this machine.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use spotmanager_artifacts::ARCHITECTURE;

use super::Architecture;

/// This machine, or an emulator of another.
#[derive(Debug)]
pub(crate) enum Machine {
    /// Programs run as they are.
    Native,
    /// QEMU's user mode, with the shared libraries of the other machine.
    /// See <https://www.qemu.org/docs/master/user/main.html>.
    Emulated { qemu: PathBuf, libraries: PathBuf },
}

impl Machine {
    /// What runs programs for an architecture.
    ///
    /// Fails if it is not this machine's and QEMU or the shared libraries are missing.
    pub(crate) fn of(architecture: Architecture) -> Result<Self> {
        if architecture.name() == ARCHITECTURE {
            return Ok(Self::Native);
        }
        let path = env::var_os("PATH").unwrap_or_default();
        Self::emulated(
            architecture,
            env::split_paths(&path),
            &Path::new("/usr").join(format!("{}-linux-gnu", architecture.machine())),
        )
    }

    fn emulated(
        architecture: Architecture,
        path: impl Iterator<Item = PathBuf>,
        libraries: &Path,
    ) -> Result<Self> {
        let machine = architecture.machine();
        let qemu = path
            .flat_map(|folder| {
                [format!("qemu-{machine}-static"), format!("qemu-{machine}")]
                    .map(|name| folder.join(name))
            })
            .find(|program| program.is_file())
            .with_context(|| {
                format!("qemu-{machine} is not on the PATH; Debian's qemu-user-static has it")
            })?;
        let debian = match architecture {
            Architecture::Arm64 => "arm64",
            Architecture::X86_64 => "amd64",
        };
        ensure!(
            libraries.join("lib").is_dir(),
            "{} is missing; Debian's libc6-{debian}-cross has it",
            libraries.display()
        );
        Ok(Self::Emulated {
            qemu,
            libraries: libraries.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn qemu_and_libraries_are_both_needed() {
        let folder = tempfile::tempdir().unwrap();
        let emulated = || {
            let path = [folder.path().join("bin")].into_iter();
            Machine::emulated(Architecture::Arm64, path, &folder.path().join("aarch64"))
        };
        let lacks = |part: &str| {
            let refused = emulated().unwrap_err().to_string();
            assert!(refused.contains(part), "{part} in {refused}");
        };
        lacks("qemu-user-static");
        fs::create_dir(folder.path().join("bin")).unwrap();
        let qemu = folder.path().join("bin/qemu-aarch64-static");
        fs::write(&qemu, "").unwrap();
        lacks("libc6-arm64-cross");
        fs::create_dir_all(folder.path().join("aarch64/lib")).unwrap();
        match emulated().unwrap() {
            Machine::Emulated { qemu: found, .. } => assert_eq!(found, qemu),
            Machine::Native => panic!("it is not emulated"),
        }
    }
}
