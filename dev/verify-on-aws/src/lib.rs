//! Checks on a real account what nobody can know without one, with a throw-away deployment.
//!
//! `docs/unverified.md` has the assumptions, each with its check in [`CHECKS`].

mod account;
mod arguments;
mod checks;
mod consent;
mod cost;
mod error;
mod exit;
mod names;
mod package;
mod print;
mod region;
mod report;
mod run;
mod stage;
mod throwaway;
mod waits;

pub use arguments::Arguments;
pub use checks::{CHECKS, Check, Needs};
pub use run::run;
