//! Which architectures a command goes through on this machine, and what it says of the others.

use anyhow::{Result, bail};
use clap::ValueEnum;

use super::Architecture;

/// The architectures that are asked for, or every possible one if none is; in addition, what ends
/// the command's last line: what was left out and why.
///
/// Fails if one that is asked for is not possible, or none is.
pub(crate) fn possible(
    asked: &[Architecture],
    expect_possible: impl Fn(Architecture) -> Result<()>,
) -> Result<(Vec<Architecture>, String)> {
    if !asked.is_empty() {
        for architecture in asked {
            expect_possible(*architecture)?;
        }
        return Ok((asked.to_vec(), String::new()));
    }
    let mut chosen = Vec::new();
    let mut left_out = String::new();
    for architecture in Architecture::value_variants() {
        match expect_possible(*architecture) {
            Ok(()) => chosen.push(*architecture),
            Err(why) => left_out += &format!("; LEFT OUT: {}: {why:#}", architecture.name()),
        }
    }
    if chosen.is_empty() {
        bail!("no architecture is possible on this machine{left_out}");
    }
    Ok((chosen, left_out))
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    fn only_x86_64(architecture: Architecture) -> Result<()> {
        match architecture {
            Architecture::X86_64 => Ok(()),
            Architecture::Arm64 => Err(anyhow!("qemu is missing")),
        }
    }

    #[test]
    fn what_is_not_possible_is_left_out_with_its_reason() {
        let (chosen, left_out) = possible(&[], only_x86_64).unwrap();
        assert_eq!(chosen, [Architecture::X86_64]);
        assert_eq!(left_out, "; LEFT OUT: arm64: qemu is missing");
        let (chosen, left_out) = possible(&[], |_| Ok(())).unwrap();
        assert_eq!(chosen, [Architecture::X86_64, Architecture::Arm64]);
        assert_eq!(left_out, "");
    }

    #[test]
    fn what_is_asked_for_is_never_left_out() {
        let refused = possible(&[Architecture::Arm64], only_x86_64).unwrap_err();
        assert_eq!(refused.to_string(), "qemu is missing");
        let none = possible(&[], |_| Err(anyhow!("qemu is missing"))).unwrap_err();
        assert!(none.to_string().contains("arm64: qemu is missing"));
    }
}
