//! Test events of the functions: `tests/events/FUNCTION/base.json`, and the cases that change it.
//!
//! A case is a patch, and is expanded only when a test or `cargo xtask event` asks for it.

mod cases;
mod error;
mod event;
mod patch;

pub use cases::Events;
pub use error::{EventError, PatchError};
pub use event::Event;
