//! What a deployment takes from its bucket, how a function's package is made, and, with the feature
//! `events`, the functions' test events.
//!
//! The command, `cargo xtask`, demo and tests share it; no function links it.

mod architecture;
mod checksums;
#[cfg(feature = "events")]
pub mod events;
mod folder;
mod glibc;
mod package;

pub use architecture::{ARCHITECTURE, architecture};
pub use checksums::{CHECKSUMS, checksums};
pub use folder::{lay_out, write_as_built};
pub use glibc::{Glibc, RUNTIME_GLIBC, needed_glibc};
pub use package::{BOOTSTRAP, Compression, packed, unpacked};

/// The functions, in the order in which a job meets them.
pub const FUNCTIONS: [&str; 5] = ["start", "discover", "evaluate", "scale", "verify"];

/// What lies beside the functions' packages: its key in the bucket, and the file of the checkout.
pub const FILES: [(&str, &str); 2] = [
    ("spotmanager.asl.json", "statemachine/spotmanager.asl.json"),
    ("workers.yaml", "infra/workers.yaml"),
];

/// SpotManager's own template, as it lies beside them; its file of the checkout is in `infra/`.
pub const TEMPLATE: &str = "spotmanager.yaml";

/// The environment variable that names a folder with functions which tests run in place of the
/// development build: `NAME/bootstrap` of each.
pub const FUNCTIONS_VARIABLE: &str = "SPOTMANAGER_FUNCTIONS";
