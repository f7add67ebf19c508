//! What the parameters hold, checked as the functions and AWS read it before anything is changed.

use email_address::EmailAddress;
use spotmanager_domain::{SettingError, Settings, WorkerPair, is_stack_name};

use super::schedule;
use crate::{
    deployed::{Parameters, pairs_of, settings_of},
    setting_names::{of_pair, renamed},
    topic_suffix,
};

/// The pairs that a deployment serves, each with its settings.
#[derive(Debug)]
pub(super) struct Served {
    pub(super) pairs: Vec<(WorkerPair, Settings)>,
    /// The stack that `WorkersStackName` names.
    pub(super) own_stack: String,
}

/// Checks every value that the functions, the scheduler or SNS would refuse later.
///
/// # Errors
/// [`SettingError`] names the parameter, its value, and what it should be.
pub(super) fn check(values: &Parameters) -> Result<Served, SettingError> {
    let value = |key: &str| values.get(key).map(String::as_str).unwrap_or_default();
    let own_stack = value("WorkersStackName");
    if !is_stack_name(own_stack) {
        let expected = "the name of the stack with the two groups: letters, digits and hyphens";
        let found = if own_stack.is_empty() {
            "missing"
        } else {
            own_stack
        };
        return Err(SettingError::new("WorkersStackName", found, expected));
    }
    if let Some(suffix) = values.get("TopicSuffix") {
        topic_suffix::check("TopicSuffix", own_stack, suffix)?;
    }
    let email = value("OperationsEmail");
    if !email.is_empty() && !EmailAddress::is_valid(email) {
        let expected = "an e-mail address, or empty for nobody";
        return Err(SettingError::new("OperationsEmail", email, expected));
    }
    if let Some(rate) = values.get("ReturnToSpotRate") {
        schedule::check_rate("ReturnToSpotRate", rate)?;
    }
    if let Some(window) = values.get("MaintenanceWindow") {
        schedule::check_cron("MaintenanceWindow", window)?;
    }
    let settings = settings_of(values)?;
    let mut pairs = Vec::new();
    for pair in pairs_of(values)?.all(own_stack) {
        let own = settings.clone().overridden(pair.settings.clone());
        let own = own.map_err(|refused| renamed(refused, |setting| of_pair(&pair, setting)))?;
        pairs.push((pair, own));
    }
    Ok(Served {
        pairs,
        own_stack: own_stack.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(more: &[(&str, &str)]) -> Result<Served, SettingError> {
        let mut values = Parameters::new();
        values.insert("WorkersStackName".to_owned(), "farm".to_owned());
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        values.extend(more.iter().map(owned));
        check(&values)
    }

    #[test]
    fn every_pair_has_the_deployment_s_settings_with_its_own_over_them() {
        let pairs = r#"[{"stack_name": "mill", "settings": {"max_rounds": 3}}]"#;
        let served = checked(&[("WorkerPairs", pairs), ("SafetyMarginPercent", "20")]).unwrap();
        let of = |served: &Served| {
            let pairs = served.pairs.iter();
            pairs
                .map(|(pair, own)| (pair.stack_name.clone(), own.max_rounds))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            of(&served),
            [("mill".to_owned(), 3), ("farm".to_owned(), 10)]
        );
        for (key, value) in [
            ("OperationsEmail", ""),
            ("OperationsEmail", "operations@example.com"),
            ("ReturnToSpotRate", "rate(1 hour)"),
            ("MaximumPercentOfOnDemand", ""),
        ] {
            assert!(checked(&[(key, value)]).is_ok(), "{key} {value}");
        }
    }

    #[test]
    fn what_the_functions_or_aws_would_refuse_names_its_parameter() {
        for (key, value, told) in [
            ("WorkersStackName", "", "WorkersStackName is \"missing\""),
            ("WorkersStackName", "9", "WorkersStackName is \"9\""),
            ("TopicSuffix", "bad suffix", "TopicSuffix is \"bad suffix\""),
            (
                "OperationsEmail",
                "nonsense",
                "OperationsEmail is \"nonsense\"",
            ),
            ("ReturnToSpotRate", "often", "ReturnToSpotRate is \"often\""),
            (
                "MaintenanceWindow",
                "at night",
                "MaintenanceWindow is \"at night\"",
            ),
            (
                "SafetyMarginPercent",
                "100",
                "SafetyMarginPercent is \"100\"",
            ),
            (
                "PriceWindowSeconds",
                "an hour",
                "PriceWindowSeconds is \"an hour\"",
            ),
            (
                "MaximumPercentOfOnDemand",
                "0",
                "MaximumPercentOfOnDemand is \"0\"",
            ),
            ("HonorCooldown", "maybe", "HonorCooldown is \"maybe\""),
            (
                "WorkerPairs",
                r#"[{"stack_name":"farm","settings":{"max_round":3}}]"#,
                "unknown field `max_round`",
            ),
            ("WorkerPairs", "[{", "WorkerPairs is"),
        ] {
            let refused = checked(&[(key, value)]).unwrap_err().to_string();
            assert!(refused.contains(told), "{told} in {refused}");
        }
    }

    #[test]
    fn a_pair_s_settings_have_to_fit_the_deployment_s() {
        let pairs = r#"[{"stack_name": "mill",
            "settings": {"spot_group_logical_id": "asg", "on_demand_group_logical_id": "other"}}]"#;
        let own = ("OnDemandGroupLogicalId", "asg");
        assert!(checked(&[("WorkerPairs", pairs), own]).is_ok());
        let pairs = r#"[{"stack_name": "mill", "settings": {"spot_group_logical_id": "asg"}}]"#;
        let refused = checked(&[("WorkerPairs", pairs), own]).unwrap_err();
        let refused = refused.to_string();
        for part in ["WorkerPairs", "mill", "another group"] {
            assert!(refused.contains(part), "{part} in {refused}");
        }
    }
}
