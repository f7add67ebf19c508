//! A function's package, the .zip file archive of an OS-only runtime.
//! See <https://docs.aws.amazon.com/lambda/latest/dg/configuration-function-zip.html>.

use std::{
    fs,
    io::{Cursor, Read, Write},
    path::PathBuf,
};

use anyhow::{Context, Result};
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter, write::SimpleFileOptions};

/// The program of a package, which an OS-only runtime starts.
pub const BOOTSTRAP: &str = "bootstrap";

/// What a package's size is worth.
#[derive(Clone, Copy, Debug)]
pub enum Compression {
    /// Nothing, since it travels over loopback only.
    Stored,
    /// The time that it takes to deflate at the highest level.
    Smallest,
}

/// A zip file with these files in this order, each executable and under its name in the zip.
/// The same content gives the same bytes, whenever, wherever and by whomever it is packed.
///
/// # Errors
/// When a file cannot be read.
pub fn packed<'a>(
    files: impl IntoIterator<Item = (&'a str, PathBuf)>,
    compression: Compression,
) -> Result<Vec<u8>> {
    let (method, level) = match compression {
        Compression::Stored => (CompressionMethod::Stored, None),
        Compression::Smallest => (CompressionMethod::Deflated, Some(9)),
    };
    let options = SimpleFileOptions::default()
        .compression_method(method)
        .compression_level(level)
        // The first moment that a zip file can name: neither now nor the file's own time.
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(0o755);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, path) in files {
        let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        writer.start_file(name, options)?;
        writer.write_all(&content)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// The program that Lambda starts of a package.
///
/// # Errors
/// When it is no package of a function.
pub fn unpacked(package: &[u8]) -> Result<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(package)).context("it is no zip file")?;
    let mut entry = archive
        .by_name(BOOTSTRAP)
        .with_context(|| format!("it holds no {BOOTSTRAP}"))?;
    let mut program = Vec::new();
    entry.read_to_end(&mut program)?;
    Ok(program)
}

#[cfg(test)]
mod tests {
    use std::{
        fs::{File, Permissions},
        os::unix::fs::PermissionsExt,
        time::{Duration, SystemTime},
    };

    use super::*;

    const BINARY: &[u8] = b"the same again, the same again, the same again";

    /// A package of a binary that was written so many seconds after 1970, with these permissions.
    fn package(written: u64, mode: u32, compression: Compression) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let binary = folder.path().join("spotmanager-start");
        fs::write(&binary, BINARY).unwrap();
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(written);
        File::open(&binary).unwrap().set_modified(at).unwrap();
        fs::set_permissions(&binary, Permissions::from_mode(mode)).unwrap();
        packed([("bootstrap", binary)], compression).unwrap()
    }

    #[test]
    fn the_same_binary_gives_the_same_bytes() {
        for compression in [Compression::Stored, Compression::Smallest] {
            assert_eq!(
                package(1_000_000_000, 0o755, compression),
                package(1_800_000_000, 0o644, compression)
            );
        }
    }

    #[test]
    fn a_package_holds_what_lambda_starts() {
        let zip = package(1_800_000_000, 0o600, Compression::Smallest);
        let mut archive = ZipArchive::new(Cursor::new(zip)).unwrap();
        assert_eq!(archive.len(), 1);
        let mut entry = archive.by_index(0).unwrap();
        assert_eq!(entry.name().unwrap(), "bootstrap");
        assert_eq!(entry.unix_mode(), Some(0o100_755));
        assert_eq!(
            entry.last_modified().unwrap().to_string(),
            "1980-01-01 00:00:00"
        );
        assert_eq!(entry.compression(), CompressionMethod::Deflated);
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        assert_eq!(content, BINARY);
    }

    #[test]
    fn what_was_packed_is_unpacked() {
        let zip = package(1_800_000_000, 0o600, Compression::Smallest);
        assert_eq!(unpacked(&zip).unwrap(), BINARY);
    }
}
