//! What was assumed, as parameters of a template.

use super::assumption::Assumption;
use crate::parameter_file::Parameter;

/// The parameters, in the order in which they were assumed.
pub(super) fn of(assumptions: &[Assumption]) -> Vec<Parameter> {
    let parameters = assumptions.iter().map(|assumption| Parameter {
        key: assumption.parameter.clone(),
        value: assumption.value.clone(),
    });
    parameters.collect()
}
