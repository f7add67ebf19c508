//! What is assumed of a stack, parameter by parameter.

use spotmanager_domain::{SettingError, Settings, SettingsOverride};

use super::{assumption::Assumption, pair, policies, queue, read::Stack, topic};
use crate::setting_names;

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
    // What else is given, the stack says nothing about.
    for (setting, value) in setting_names::texts(given) {
        let parameter = setting_names::parameter(setting);
        if !all.iter().any(|one| one.parameter == parameter) {
            all.push(Assumption::given(parameter, value));
        }
    }
    Ok(all)
}
