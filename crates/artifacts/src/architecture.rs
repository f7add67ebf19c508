//! What a package was built for.

use anyhow::{Context, Result, bail};
use object::{Architecture, Object};

use crate::unpacked;

/// What this machine's builds run on, as Lambda names it.
pub const ARCHITECTURE: &str = if cfg!(target_arch = "aarch64") {
    "arm64"
} else {
    "x86_64"
};

/// The architecture of a function's package, as Lambda names it: `arm64` or `x86_64`.
/// See <https://docs.aws.amazon.com/lambda/latest/dg/foundation-arch.html>.
///
/// # Errors
/// When it is no package of a function, or Lambda has no such architecture.
pub fn architecture(package: &[u8]) -> Result<&'static str> {
    let binary = unpacked(package)?;
    let program = object::File::parse(binary.as_slice()).context("bootstrap is no program")?;
    match program.architecture() {
        Architecture::Aarch64 => Ok("arm64"),
        Architecture::X86_64 => Ok("x86_64"),
        other => bail!("bootstrap was built for {other:?}; Lambda has arm64 and x86_64"),
    }
}

#[cfg(test)]
mod tests {
    use std::{env, fs};

    use super::*;
    use crate::{Compression, packed};

    #[test]
    fn a_program_s_own_architecture_is_told() {
        let this = env::current_exe().unwrap();
        let package = packed([("bootstrap", this)], Compression::Stored).unwrap();
        assert_eq!(architecture(&package).unwrap(), ARCHITECTURE);
    }

    #[test]
    fn what_is_no_package_is_refused_with_what_it_lacks() {
        let folder = tempfile::tempdir().unwrap();
        let text = folder.path().join("text");
        fs::write(&text, "no program").unwrap();
        let pack = |name| packed([(name, text.clone())], Compression::Stored).unwrap();
        for (package, lacks) in [
            (b"no zip".to_vec(), "zip file"),
            (pack("start"), "no bootstrap"),
            (pack("bootstrap"), "no program"),
        ] {
            let refused = format!("{:#}", architecture(&package).unwrap_err());
            assert!(refused.contains(lacks), "{lacks} in {refused}");
        }
    }
}
