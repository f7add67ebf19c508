//! What SpotManager's own stack was deployed with.

use convert_case::{Case, Casing};
use spotmanager_aws::stacks::DeployedStack;
use spotmanager_contract::{SettingError, WorkerPairs};

/// What an environment variable of its functions holds.
pub(crate) fn variable(stack: &DeployedStack, variable: &str) -> Option<String> {
    stack.parameters.get(&parameter_of(variable)).cloned()
}

/// The pairs of groups that it serves beside its own.
///
/// # Errors
/// [`SettingError`] where the parameter cannot be read.
pub(crate) fn worker_pairs(stack: &DeployedStack) -> Result<WorkerPairs, SettingError> {
    WorkerPairs::read(&variable(stack, "WORKER_PAIRS").unwrap_or_default())
}

/// The template's parameter that becomes an environment variable, both named after the same words.
fn parameter_of(variable: &str) -> String {
    variable.to_case(Case::Pascal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_a_parameter_in_other_letters() {
        assert_eq!(parameter_of("PRICE_WINDOW_SECONDS"), "PriceWindowSeconds");
    }
}
