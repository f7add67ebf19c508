//! An archive of which the same content gives the same bytes.
//! See <https://reproducible-builds.org/docs/archives/>.

use anyhow::Result;
use flate2::{Compression, GzBuilder};
use tar::{Builder, Header};

use crate::package::BUILT_AT;

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    /// Below the archive's one folder.
    pub(super) path: String,
    pub(super) content: Vec<u8>,
    pub(super) is_executable: bool,
}

impl Entry {
    pub(super) fn file(path: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        Self {
            path: path.into(),
            content: content.into(),
            is_executable: false,
        }
    }

    pub(super) fn program(path: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        Self {
            is_executable: true,
            ..Self::file(path, content)
        }
    }
}

/// A .tar.gz with these files in a folder of this name, in the order of their paths.
pub(super) fn packed(folder: &str, mut entries: Vec<Entry>) -> Result<Vec<u8>> {
    entries.sort();
    let gzip = GzBuilder::new()
        .mtime(0)
        .write(Vec::new(), Compression::best());
    let mut archive = Builder::new(gzip);
    for entry in entries {
        let mut header = Header::new_gnu();
        header.set_size(u64::try_from(entry.content.len())?);
        header.set_mode(if entry.is_executable { 0o755 } else { 0o644 });
        header.set_mtime(BUILT_AT);
        header.set_uid(0);
        header.set_gid(0);
        let path = format!("{folder}/{}", entry.path);
        archive.append_data(&mut header, path, entry.content.as_slice())?;
    }
    Ok(archive.into_inner()?.finish()?)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;
    use tar::Archive;

    use super::*;

    fn entries() -> Vec<Entry> {
        vec![
            Entry::program("bin/spotmanager", "program"),
            Entry::file("LICENSE", "licence"),
        ]
    }

    #[test]
    fn the_order_in_which_files_come_changes_no_byte() {
        let mut turned = entries();
        turned.reverse();
        assert_eq!(
            packed("a", entries()).unwrap(),
            packed("a", turned).unwrap()
        );
    }

    #[test]
    fn each_file_has_its_mode_and_no_user_of_this_machine() {
        let archive = packed("spotmanager-1-x86_64", entries()).unwrap();
        let mut archive = Archive::new(GzDecoder::new(archive.as_slice()));
        let mut found = Vec::new();
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let mut content = String::new();
            entry.read_to_string(&mut content).unwrap();
            let header = entry.header();
            assert_eq!(
                (header.uid().unwrap(), header.mtime().unwrap()),
                (0, BUILT_AT)
            );
            let path = entry.path().unwrap().display().to_string();
            found.push((path, header.mode().unwrap(), content));
        }
        let expected = [
            ("spotmanager-1-x86_64/LICENSE", 0o644, "licence"),
            ("spotmanager-1-x86_64/bin/spotmanager", 0o755, "program"),
        ];
        let expected = expected.map(|(path, mode, content)| (path.into(), mode, content.into()));
        assert_eq!(found, expected);
    }
}
