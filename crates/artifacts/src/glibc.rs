//! The version of glibc that a program needs.
//!
//! The dynamic linker refuses a program that needs a newer version of a symbol than its glibc has,
//! so a package that was linked against a newer glibc fails with each invocation, not before.

use std::fmt;

use anyhow::{Context, Result, ensure};
use object::{
    Endianness,
    elf::FileHeader64,
    read::elf::{FileHeader, SectionHeader},
};

/// The glibc of `provided.al2023`, which is Amazon Linux 2023.
/// See <https://docs.aws.amazon.com/linux/al2023/ug/core-glibc.html> and
/// <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-provided.html>.
pub const RUNTIME_GLIBC: Glibc = Glibc {
    major: 2,
    minor: 34,
    patch: 0,
};

const SYMBOL_VERSION: &str = "GLIBC_";

/// A version of glibc, such as 2.34 or 2.2.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Glibc {
    major: u32,
    minor: u32,
    patch: u32,
}

impl Glibc {
    /// The version of `2.34`; `None` if it is not made of numbers.
    fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map(str::parse);
        let version = Self {
            major: numbers.next()?.ok()?,
            minor: numbers.next()?.ok()?,
            patch: numbers.next().unwrap_or(Ok(0)).ok()?,
        };
        numbers.next().is_none().then_some(version)
    }
}

impl fmt::Display for Glibc {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)?;
        match self.patch {
            0 => Ok(()),
            patch => write!(formatter, ".{patch}"),
        }
    }
}

/// The highest version of glibc that a function's program needs, at most [`RUNTIME_GLIBC`]; `None`
/// if it is linked statically.
///
/// # Errors
/// When it is not a 64-bit ELF program, or needs more than the runtime has.
pub fn needed_glibc(function: &str, program: &[u8]) -> Result<Option<Glibc>> {
    let refused = |found: &dyn fmt::Display| {
        format!(
            "{function} needs {SYMBOL_VERSION}{found}; it should be at most \
             {SYMBOL_VERSION}{RUNTIME_GLIBC}, which is what provided.al2023 has"
        )
    };
    let mut highest = None;
    for needed in needed_versions(program)
        .with_context(|| format!("the program of {function} cannot be read"))?
    {
        if let Some(version) = needed.strip_prefix(SYMBOL_VERSION) {
            // GLIBC_ABI_DT_RELR, which has no number, came with 2.36.
            let found = Glibc::parse(version).with_context(|| refused(&version))?;
            highest = highest.max(Some(found));
        }
    }
    if let Some(found) = highest {
        ensure!(found <= RUNTIME_GLIBC, refused(&found));
    }
    Ok(highest)
}

/// The versions of symbols that a program needs of its shared libraries.
/// See <https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/symversion.html>.
fn needed_versions(program: &[u8]) -> Result<Vec<String>> {
    let header = FileHeader64::<Endianness>::parse(program)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, program)?;
    let mut versions = Vec::new();
    for section in sections.iter() {
        let Some((mut libraries, strings)) = section.gnu_verneed(endian, program)? else {
            continue;
        };
        let strings = sections.strings(endian, program, strings)?;
        while let Some((_, mut needed)) = libraries.next()? {
            while let Some(version) = needed.next()? {
                let name = version.name(endian, strings)?;
                versions.push(String::from_utf8_lossy(name).into_owned());
            }
        }
    }
    Ok(versions)
}

#[cfg(test)]
mod tests {
    use std::{env, fs, ops::Range};

    use super::*;

    /// This program, with each `GLIBC_2.nn` that it needs written as another of the same length.
    fn program(version: &str) -> Vec<u8> {
        let mut program = fs::read(env::current_exe().unwrap()).unwrap();
        let strings = strings(&program);
        let mut changed = 0;
        for at in strings.clone() {
            let rest = &mut program[at..strings.end];
            if rest.starts_with(b"GLIBC_2.") && rest.get(10) == Some(&0) {
                rest[SYMBOL_VERSION.len()..10].copy_from_slice(version.as_bytes());
                changed += 1;
            }
        }
        assert!(
            changed > 0,
            "this program needs no version such as GLIBC_2.34"
        );
        program
    }

    /// Where the names of versions are in a program.
    fn strings(program: &[u8]) -> Range<usize> {
        let header = FileHeader64::<Endianness>::parse(program).unwrap();
        let endian = header.endian().unwrap();
        let sections = header.sections(endian, program).unwrap();
        let (_, section) = sections.section_by_name(endian, b".dynstr").unwrap();
        let (begin, size) = section.file_range(endian).unwrap();
        let begin = usize::try_from(begin).unwrap();
        begin..begin + usize::try_from(size).unwrap()
    }

    #[test]
    fn a_program_that_the_runtime_can_load_passes_with_its_version() {
        for version in ["2.34", "2.17"] {
            let found = needed_glibc("start", &program(version)).unwrap().unwrap();
            assert_eq!(found.to_string(), version);
        }
    }

    #[test]
    fn a_program_that_needs_more_is_refused_with_function_found_and_allowed() {
        for version in ["2.35", "3.10", "PRIV"] {
            let refused = needed_glibc("start", &program(version)).unwrap_err();
            let refused = refused.to_string();
            for part in ["start", &format!("GLIBC_{version}"), "GLIBC_2.34"] {
                assert!(refused.contains(part), "{part} in {refused}");
            }
        }
    }

    #[test]
    fn what_is_not_a_program_is_refused() {
        let refused = needed_glibc("start", b"text").unwrap_err().to_string();
        assert!(refused.contains("start"), "{refused}");
    }

    #[test]
    fn versions_are_compared_by_their_numbers() {
        let version = |text| Glibc::parse(text).unwrap();
        assert!(version("2.4") < version("2.34"));
        assert!(version("2.2.5") < version("2.3"));
        assert_eq!(version("2.2.5").to_string(), "2.2.5");
        assert_eq!(version("2.34"), RUNTIME_GLIBC);
        for text in ["2", "2.34.0.1", "2.x", "ABI_DT_RELR"] {
            assert_eq!(Glibc::parse(text), None, "{text}");
        }
    }
}
