//! Holds every policy against AWS's service authorization reference, and the condition keys
//! against the table that says which service sends them.

#[path = "../cloudformation/mod.rs"]
mod cloudformation;
mod condition_keys;
mod definitions;
mod key_policy;
mod launches;
mod parameters;
mod place;
mod policies;
mod rejected;
mod render;

use std::{collections::BTreeSet, process::ExitCode};

use anyhow::{Result, ensure};
use libtest_mimic::{Arguments, Trial};

use cloudformation::checkout;
use parameters::Scenario;
use place::PLACES;

fn main() -> ExitCode {
    let mut trials = vec![
        trial("every policy is read", every_policy_is_read),
        trial(
            "the reference has every condition key",
            every_key_is_documented,
        ),
        trial(
            "kms:ViaService has the documented suffix and the partition's own",
            via_service,
        ),
    ];
    trials.extend(launches::trials());
    let is_missing = !definitions::are_installed();
    let of_definitions = as_defined().into_iter().chain(rejected::trials());
    trials.extend(of_definitions.map(|trial| trial.with_ignored_flag(is_missing)));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn trial(name: &str, test: impl FnOnce() -> Result<()> + Send + 'static) -> Trial {
    Trial::test(name, move || {
        test().map_err(|error| format!("{error:#}").into())
    })
}

fn every_policy_is_read() -> Result<()> {
    let left_out = policies::left_out(&PLACES[0])?;
    ensure!(left_out.is_empty(), "not checked: {left_out:#?}");
    let unknown = parameters::unknown(render::templates()?, &PLACES[0]);
    ensure!(
        unknown.is_empty(),
        "no template has the parameters {unknown:?}"
    );
    Ok(())
}

fn every_key_is_documented() -> Result<()> {
    let place = &PLACES[0];
    let mut used = BTreeSet::new();
    for scenario in Scenario::ALL {
        used.extend(condition_keys::used(
            &policies::all(scenario, place)?,
            place,
        ));
    }
    let documented = condition_keys::documented()?;
    let missing: Vec<_> = used.difference(&documented).collect();
    let gone: Vec<_> = documented.difference(&used).collect();
    ensure!(
        missing.is_empty() && gone.is_empty(),
        "docs/reference/permissions.md lacks {missing:#?}, and has without need {gone:#?}"
    );
    Ok(())
}

/// KMS documents `.amazonaws.com` alone, and endpoints have the partition's own suffix: both are
/// allowed.
/// See <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service>.
fn via_service() -> Result<()> {
    let mut seen = 0;
    for place in &PLACES {
        for policy in policies::all(Scenario::AllOn, place)? {
            for statement in &policy.statements {
                let values = &statement["Condition"]["StringEquals"]["kms:ViaService"];
                let Some([documented, own]) = values.as_array().map(Vec::as_slice) else {
                    ensure!(
                        values.is_null(),
                        "{}: kms:ViaService is {values}",
                        policy.name
                    );
                    continue;
                };
                for (value, suffix) in [(documented, "amazonaws.com"), (own, place.url_suffix)] {
                    let suffix = format!(".{}.{suffix}", place.region);
                    let is_right = value.as_str().is_some_and(|value| value.ends_with(&suffix));
                    let name = &policy.name;
                    ensure!(
                        is_right,
                        "{name}: kms:ViaService has {value}, not SERVICE{suffix}"
                    );
                }
                seen += 1;
            }
        }
    }
    ensure!(seen > 0, "no policy uses kms:ViaService");
    Ok(())
}

/// Every policy, in each partition and with each set of parameters.
fn as_defined() -> Vec<Trial> {
    let each = PLACES
        .iter()
        .flat_map(|place| Scenario::ALL.map(|scenario| (place, scenario)));
    each.map(|(place, scenario)| {
        let name = format!("policies: {}, {}", place.partition, scenario.name());
        trial(&name, move || {
            let policies = policies::all(scenario, place)?;
            ensure!(!policies.is_empty(), "there are no policies");
            let problems = definitions::problems(place, &policies)?;
            ensure!(problems.is_empty(), "{problems:#?}");
            Ok(())
        })
    })
    .collect()
}
