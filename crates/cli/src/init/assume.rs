//! What is assumed of a stack, parameter by parameter.

use serde::Serialize;
use spotmanager_contract::{SettingError, Settings, SettingsOverride};
use strum::Display;

use super::{pair, policies, queue, read::Stack, topic};

/// A parameter of SpotManager's template with its value, and where that comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Assumption {
    pub(super) parameter: &'static str,
    pub(super) value: String,
    pub(super) basis: Basis,
    /// A part of a sentence.
    pub(super) because: String,
}

/// What a value rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub(super) enum Basis {
    /// The command line says so.
    Given,
    /// The stack says so.
    Found,
    /// Nothing says otherwise.
    Default,
}

impl Assumption {
    pub(super) fn given(parameter: &'static str, value: impl ToString) -> Self {
        Self::of(Basis::Given, parameter, value, "as the command line says")
    }

    pub(super) fn found(
        parameter: &'static str,
        value: impl ToString,
        because: impl Into<String>,
    ) -> Self {
        Self::of(Basis::Found, parameter, value, because)
    }

    pub(super) fn default(
        parameter: &'static str,
        value: impl ToString,
        because: impl Into<String>,
    ) -> Self {
        Self::of(Basis::Default, parameter, value, because)
    }

    fn of(
        basis: Basis,
        parameter: &'static str,
        value: impl ToString,
        because: impl Into<String>,
    ) -> Self {
        Self {
            parameter,
            value: value.to_string(),
            basis,
            because: because.into(),
        }
    }
}

/// Every parameter that the stack or the command line says something about.
///
/// # Errors
/// [`SettingError`] if the stack leaves open which its two groups are.
pub(super) fn assume(
    stack: &Stack,
    stack_name: &str,
    given: &SettingsOverride,
    topic_suffix: Option<&str>,
    settings: &Settings,
) -> Result<Vec<Assumption>, SettingError> {
    let pair = pair::choose(stack)?;
    let mut all = vec![
        Assumption::given("WorkersStackName", stack_name),
        pair.spot,
        pair.on_demand,
        policies::scale_up(
            pair.spot_group,
            pair.on_demand_group,
            given.scale_up_policy_name_contains.as_deref(),
        ),
        policies::scale_down(
            pair.spot_group,
            pair.on_demand_group,
            given.scale_down_policy_name_contains.as_deref(),
        ),
        queue::choose(stack, given.queue_logical_id.as_deref()),
        topic::choose(stack, stack_name, topic_suffix),
        match &given.product_description {
            Some(product) => Assumption::given("ProductDescription", product),
            None => Assumption::default(
                "ProductDescription",
                &settings.product_description,
                "what the image runs is not read; Windows, Red Hat and SUSE have prices of their own",
            ),
        },
    ];
    let further = [
        ("SafetyMarginPercent", given.safety_margin_percent),
        (
            "MaximumPercentOfOnDemand",
            given.maximum_percent_of_on_demand,
        ),
    ];
    all.extend(
        further
            .into_iter()
            .filter_map(|(parameter, value)| Some(Assumption::given(parameter, value?))),
    );
    all.extend(
        given
            .honor_cooldown
            .map(|honored| Assumption::given("HonorCooldown", honored)),
    );
    Ok(all)
}
