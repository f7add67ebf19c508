//! The services of AWS that the front serves itself.

pub(crate) mod alarm_metrics;
pub(crate) mod alarms;
pub(crate) mod auto_scaling;
pub(crate) mod placement_scores;
pub(crate) mod price_list;
pub(crate) mod price_list_entry;
pub(crate) mod service_event;
pub(crate) mod spot_price_history;
