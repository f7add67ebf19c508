//! The providers of a mirror, in both of its layouts.

use std::fs;

use anyhow::{Result, ensure};

use crate::engine::providers;

pub(crate) fn test() -> Result<()> {
    let mirror = tempfile::tempdir()?;
    let folder = mirror.path().join("registry.terraform.io/hashicorp/aws");
    for unpacked in [
        "5.99.1/linux_amd64",
        "5.100.0/linux_amd64",
        "6.0.0/darwin_arm64",
        "6.1.0-beta1/linux_amd64",
        "7.0.0/linux_amd64",
    ] {
        fs::create_dir_all(folder.join(unpacked))?;
    }
    for packed in ["aws_6.25.0_linux_amd64.zip", "aws_6.26.0_linux_arm64.zip"] {
        fs::write(folder.join(format!("terraform-provider-{packed}")), "")?;
    }
    let mut found = providers(mirror.path(), "linux_amd64");
    found.sort_unstable();
    ensure!(found == [(5, 100, 0), (6, 25, 0)], "{found:?}");
    let none = providers(&mirror.path().join("empty"), "linux_amd64");
    ensure!(none.is_empty(), "{none:?}");
    Ok(())
}
