//! A package's program, ready to be run by the function tests.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use anyhow::{Context, Result, ensure};
use spotmanager_artifacts::{BOOTSTRAP, architecture, needed_glibc, unpacked};

use crate::package::{Architecture, Machine};

/// Beside [`BOOTSTRAP`] if that is what hands the program to QEMU.
const PROGRAM: &str = "program";

/// Fails if a package was built for another architecture.
pub(super) fn expect_architecture(
    function: &str,
    package: &[u8],
    expected: Architecture,
) -> Result<()> {
    let found = architecture(package).with_context(|| format!("cannot use {function}.zip"))?;
    let expected = expected.name();
    ensure!(
        found == expected,
        "{function}.zip is for {found}; it should be for {expected}"
    );
    Ok(())
}

/// Writes `FUNCTION/bootstrap` into a folder, so that running it runs the package's program.
pub(super) fn unpack(
    function: &str,
    package: &[u8],
    machine: &Machine,
    folder: &Path,
) -> Result<()> {
    let content = unpacked(package).with_context(|| format!("cannot use {function}.zip"))?;
    needed_glibc(function, &content)?;
    let folder = folder.join(function);
    fs::create_dir(&folder)?;
    match machine {
        Machine::Native => write_program(&folder.join(BOOTSTRAP), &content),
        Machine::Emulated { qemu, libraries } => {
            let program = folder.join(PROGRAM);
            write_program(&program, &content)?;
            // The kernel would start QEMU by itself only with binfmt_misc, which a container lacks.
            let script = format!(
                "#!/bin/sh\nexec {} -L {} {} \"$@\"\n",
                quoted(qemu)?,
                quoted(libraries)?,
                quoted(&program)?
            );
            write_program(&folder.join(BOOTSTRAP), script.as_bytes())
        }
    }
}

fn write_program(path: &Path, content: &[u8]) -> Result<()> {
    fs::write(path, content)?;
    fs::set_permissions(path, Permissions::from_mode(0o755))
        .with_context(|| format!("cannot make {} executable", path.display()))
}

/// A path as a word of the shell.
fn quoted(path: &Path) -> Result<String> {
    let path = path.to_str().context("a path is not UTF-8")?;
    Ok(format!("'{}'", path.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use std::{env, process::Command};

    use clap::ValueEnum;
    use spotmanager_artifacts::{ARCHITECTURE, Compression, packed};

    use super::*;
    use crate::run::captured;

    /// This program as a package.
    fn package() -> Vec<u8> {
        let this = env::current_exe().unwrap();
        packed([(BOOTSTRAP, this)], Compression::Stored).unwrap()
    }

    /// What the unpacked program prints when it is asked for its tests.
    fn listed(folder: &Path) -> String {
        captured(Command::new(folder.join("start").join(BOOTSTRAP)).arg("--list")).unwrap()
    }

    #[test]
    fn the_package_s_program_is_what_runs() {
        let folder = tempfile::tempdir().unwrap();
        unpack("start", &package(), &Machine::Native, folder.path()).unwrap();
        let listed = listed(folder.path());
        assert!(
            listed.contains("the_package_s_program_is_what_runs"),
            "{listed}"
        );
    }

    #[test]
    fn another_architecture_s_program_is_handed_to_qemu_with_its_libraries() {
        let folder = tempfile::tempdir().unwrap();
        // In a folder whose name the shell would take apart.
        let within = folder.path().join("it's here");
        fs::create_dir(&within).unwrap();
        let qemu = within.join("qemu");
        write_program(&qemu, b"#!/bin/sh\nprintf '%s\\n' \"$@\"\n").unwrap();
        let machine = Machine::Emulated {
            qemu,
            libraries: "/usr/some machine".into(),
        };
        unpack("start", &package(), &machine, &within).unwrap();
        let program = within.join("start").join(PROGRAM);
        let expected = format!("-L\n/usr/some machine\n{}\n--list\n", program.display());
        assert_eq!(listed(&within), expected);
        let this = fs::read(env::current_exe().unwrap()).unwrap();
        assert!(fs::read(program).unwrap() == this);
    }

    #[test]
    fn a_package_for_another_architecture_is_refused() {
        for expected in Architecture::value_variants() {
            let checked = expect_architecture("start", &package(), *expected);
            assert_eq!(checked.is_ok(), expected.name() == ARCHITECTURE);
        }
    }
}
