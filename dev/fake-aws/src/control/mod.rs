//! What tests steer: the market, faults, throttling, and the calls that were recorded.

pub(crate) mod calls;
pub(crate) mod faults;
pub(crate) mod launch_rules;
pub(crate) mod market;
pub(crate) mod throttling;
