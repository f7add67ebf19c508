//! The SHA-256 of what was packaged, as `sha256sum --check` reads it.

use std::{collections::BTreeMap, fmt::Write, fs, path::Path};

use anyhow::Result;
use sha2::{Digest, Sha256};
use spotmanager_artifacts::CHECKSUMS;

/// What is printed of a file beside its size, by the file's name.
pub(crate) type Notes = BTreeMap<String, String>;

/// Prints the sum and the size of each file of a folder, and writes the sums into the folder.
pub(crate) fn write(folder: &Path, notes: &Notes) -> Result<()> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name());
    }
    names.sort_unstable();
    let mut sums = String::new();
    for name in names {
        let content = fs::read(folder.join(&name))?;
        let (sum, name) = (hexadecimal(&Sha256::digest(&content)), name.display());
        let note = notes.get(&name.to_string());
        let note = note.map(|note| format!(", {note}")).unwrap_or_default();
        println!("{sum} {:>9} bytes  {name}{note}", content.len());
        writeln!(sums, "{sum}  {name}")?;
    }
    fs::write(folder.join(CHECKSUMS), sums)?;
    Ok(())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_are_those_of_the_standard() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("start.zip"), "").unwrap();
        // <https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values>
        fs::write(folder.path().join("scale.zip"), "abc").unwrap();
        write(folder.path(), &Notes::new()).unwrap();
        assert_eq!(
            fs::read_to_string(folder.path().join(CHECKSUMS)).unwrap(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  scale.zip\n\
             e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  start.zip\n"
        );
    }
}
