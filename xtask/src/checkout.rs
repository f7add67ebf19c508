//! Where things lie in the checkout.

use std::path::{Path, PathBuf};

/// A path in the checkout.
pub(crate) fn path(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(relative)
}
