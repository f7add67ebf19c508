//! With which parameters a stack is deployed.

use std::collections::BTreeMap;

use anyhow::Result;
use spotmanager_aws::change_sets::StackParameter;
use spotmanager_domain::SettingError;

use crate::{
    arguments::Deploy,
    parameter_file::{self, first_twice},
};

/// Those that the command line gives: the file's, with the overrides over them.
///
/// # Errors
/// When the file cannot be read, or an override has no value or comes twice.
pub(super) fn given(wanted: &Deploy) -> Result<BTreeMap<String, String>> {
    let mut given = BTreeMap::new();
    let overrides = wanted.parameter_overrides.iter();
    let keys = overrides.filter_map(|pair| Some(pair.split_once('=')?.0));
    if let Some(key) = first_twice(keys) {
        let found = format!("{key}, twice");
        let expected = "each parameter once";
        return Err(SettingError::new("--parameter-overrides", found, expected).into());
    }
    if let Some(file) = &wanted.parameters {
        let of_file = parameter_file::read(file)?;
        given.extend(of_file.into_iter().map(|one| (one.key, one.value)));
    }
    for pair in &wanted.parameter_overrides {
        let (key, value) = pair.split_once('=').ok_or_else(|| {
            SettingError::new("--parameter-overrides", pair, "of the form NAME=VALUE")
        })?;
        given.insert(key.to_owned(), value.to_owned());
    }
    Ok(given)
}

/// Every parameter that is not the template's default: the command's own, those given, and those
/// that the stack has and the template still knows.
///
/// # Errors
/// [`SettingError`] for one that the template does not know, or that the command sets itself.
pub(super) fn all(
    known: &[String],
    own: &[(&str, &str)],
    given: &BTreeMap<String, String>,
    of_stack: &BTreeMap<String, String>,
) -> Result<Vec<StackParameter>, SettingError> {
    for key in given.keys() {
        let is_own = own.iter().any(|(name, _)| name == key);
        if is_own || !known.contains(key) {
            let free: Vec<_> = known
                .iter()
                .map(String::as_str)
                .filter(|name| own.iter().all(|(own, _)| own != name))
                .collect();
            let expected = if is_own {
                "missing, because it follows from --package and --s3-bucket".to_owned()
            } else {
                let free = free.join(", ");
                format!("left out, because the template has no such parameter; it has {free}")
            };
            return Err(SettingError::new("a parameter", key, expected));
        }
    }
    let parameter = |key: &String| {
        let own = own.iter().find(|(name, _)| name == key);
        let value = own
            .map(|(_, value)| (*value).to_owned())
            .or_else(|| given.get(key).cloned());
        (value.is_some() || of_stack.contains_key(key)).then(|| StackParameter {
            key: key.clone(),
            value,
        })
    };
    Ok(known.iter().filter_map(parameter).collect())
}

/// What the stack will have, by the parameters' names: a value that is missing stays as the stack
/// has it.
pub(super) fn values(
    all: &[StackParameter],
    of_stack: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let value = |parameter: &StackParameter| {
        let stays = || of_stack.get(&parameter.key).cloned();
        let value = parameter.value.clone().or_else(stays)?;
        Some((parameter.key.clone(), value))
    };
    all.iter().filter_map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: [(&str, &str); 1] = [("ArtifactBucket", "bucket")];

    fn known() -> Vec<String> {
        [
            "WorkersStackName",
            "TopicSuffix",
            "DryRun",
            "ArtifactBucket",
        ]
        .map(str::to_owned)
        .to_vec()
    }

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn what_is_given_comes_over_what_the_stack_has_and_the_rest_is_left_out() {
        let given = map(&[("TopicSuffix", "-jobs")]);
        let of_stack = map(&[
            ("WorkersStackName", "farm"),
            ("TopicSuffix", "-old"),
            ("Gone", "1"),
        ]);
        let all = all(&known(), &OWN, &given, &of_stack).unwrap();
        let of = |key: &str, value: Option<&str>| StackParameter {
            key: key.into(),
            value: value.map(str::to_owned),
        };
        assert_eq!(
            all,
            [
                of("WorkersStackName", None),
                of("TopicSuffix", Some("-jobs")),
                of("ArtifactBucket", Some("bucket")),
            ]
        );
        let expected = map(&[
            ("WorkersStackName", "farm"),
            ("TopicSuffix", "-jobs"),
            ("ArtifactBucket", "bucket"),
        ]);
        assert_eq!(values(&all, &of_stack), expected);
    }

    #[test]
    fn what_the_template_does_not_know_or_the_command_sets_is_refused() {
        for (key, told) in [
            (
                "ScaleDownPolicyNameContains",
                "the template has no such parameter; it has WorkersStackName, TopicSuffix, DryRun",
            ),
            ("ArtifactBucket", "--s3-bucket"),
        ] {
            let given = map(&[(key, "x")]);
            let refused = all(&known(), &OWN, &given, &BTreeMap::new()).unwrap_err();
            let refused = refused.to_string();
            assert!(refused.contains(key) && refused.contains(told), "{refused}");
        }
    }
}
