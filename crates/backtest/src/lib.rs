//! The decision replayed. Would jobs have waited, over what spot capacity there was, compared with the
//! policies that it is measured against; and what would it have cost, over a price history.
//!
//! Pure as the domain is, except [`history`], which reads files: no AWS, no clock. Traces are read
//! from whatever can be read.
//!
//! * [`cost`] is the second question.
//! * [`Trace`] is where spot could be had, and when.
//! * [`Fleet`] is how many instances there may be.
//! * [`Jobs`] is when jobs come.
//! * [`Timings`] is how long things take.
//! * [`replay`] plays a [`Policy`] and gives its [`Outcome`]; [`play`] plays a [`Trial`] of what is not
//!   deployed.

pub mod cost;
mod fleet;
mod group;
pub mod history;
mod instance;
mod jobs;
mod outcome;
mod pair;
mod played;
mod policy;
mod queue;
mod replay;
mod scene;
mod timings;
mod trace;
mod trial;
mod world;

pub use fleet::Fleet;
pub use jobs::Jobs;
pub use outcome::{Outcome, Prices};
pub use played::Played;
pub use policy::Policy;
pub use replay::{play, replay};
pub use scene::Scene;
pub use timings::Timings;
pub use trace::{Trace, TraceError, TraceKind};
pub use trial::{Spread, Trial};

/// The least time that is told apart, seconds; every timing is a multiple of it.
pub const STEP_SECONDS: u32 = 5;
