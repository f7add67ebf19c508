//! The profiles of a person's configuration files, and the keys of the environment, before anything
//! is asked of AWS: what the SDK would pass over, or explain in terms of its own.

use std::{borrow::Cow, env};

use aws_config::profile::{self, Profile, ProfileFileLoadError, ProfileSet};
use aws_types::os_shim_internal::{Env, Fs};

use crate::no_message::chain;

const KEYS: [&str; 2] = ["aws_access_key_id", "aws_secret_access_key"];

/// The configuration files or the environment do not say whom to ask as.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// No file has the profile.
    #[error(
        "the profile is {profile:?}; it should be one of the AWS configuration files, which have {known}"
    )]
    Unknown {
        /// As the option or the environment names it.
        profile: String,
        /// The profiles that there are.
        known: String,
    },
    /// No file has the profile that another one takes its credentials from.
    #[error(
        "source_profile of the profile {profile:?} is {source_profile:?}; it should be one of the AWS configuration files, which have {known}"
    )]
    UnknownSource {
        /// The profile that is to be used.
        profile: String,
        /// Where it takes its credentials from.
        source_profile: String,
        /// The profiles that there are.
        known: String,
    },
    /// Half of a pair of keys.
    #[error("{missing} is missing {place}; both of a pair of keys should be given, or none")]
    HalfOfKeys {
        /// The variable or field.
        missing: &'static str,
        /// Where it should stand.
        place: String,
    },
    /// A file cannot be read.
    #[error("the AWS configuration files cannot be read: {}", chain(.0))]
    Unreadable(ProfileFileLoadError),
}

/// The profile that is to be used; `None` if nothing names one. `AWS_DEFAULT_PROFILE` comes before
/// `AWS_PROFILE`, as in the AWS CLI.
///
/// # Errors
/// [`ProfileError`], as the AWS CLI refuses it.
pub(crate) async fn selected(given: Option<&str>) -> Result<Option<String>, ProfileError> {
    let named = given.map(str::to_owned).or_else(|| {
        let variables = ["AWS_DEFAULT_PROFILE", "AWS_PROFILE"];
        variables.iter().find_map(|name| env::var(name).ok())
    });
    let selected = named.clone().map(Cow::Owned);
    let profiles = profile::load(&Fs::real(), &Env::real(), &Default::default(), selected)
        .await
        .map_err(ProfileError::Unreadable)?;
    if given.is_none() {
        check_environment(|name| env::var(name).unwrap_or_default())?;
    }
    if let Some(name) = &named {
        check(&profiles, name)?;
    }
    Ok(named)
}

fn check_environment(variable: impl Fn(&str) -> String) -> Result<(), ProfileError> {
    let is_given = |name: &str| !variable(name).trim().is_empty();
    if is_given("AWS_ACCESS_KEY_ID") && !is_given("AWS_SECRET_ACCESS_KEY") {
        return Err(ProfileError::HalfOfKeys {
            missing: "AWS_SECRET_ACCESS_KEY",
            place: "in the environment, which has AWS_ACCESS_KEY_ID".to_owned(),
        });
    }
    Ok(())
}

/// The profile, and those that it takes its credentials from.
fn check(profiles: &ProfileSet, name: &str) -> Result<(), ProfileError> {
    let mut profile = profiles
        .get_profile(name)
        .ok_or_else(|| ProfileError::Unknown {
            profile: name.to_owned(),
            known: known(profiles),
        })?;
    let mut seen = vec![name];
    loop {
        check_keys(profile)?;
        let Some(source) = profile.get("role_arn").and(profile.get("source_profile")) else {
            return Ok(());
        };
        // A circle is the SDK's to refuse; a profile may also be its own source.
        if seen.contains(&source) {
            return Ok(());
        }
        seen.push(source);
        profile = profiles
            .get_profile(source)
            .ok_or_else(|| ProfileError::UnknownSource {
                profile: profile.name().to_owned(),
                source_profile: source.to_owned(),
                known: known(profiles),
            })?;
    }
}

fn check_keys(profile: &Profile) -> Result<(), ProfileError> {
    let [id, secret] = KEYS.map(|key| profile.get(key).is_some());
    let missing = match (id, secret) {
        (true, false) => KEYS[1],
        (false, true) => KEYS[0],
        _ => return Ok(()),
    };
    Err(ProfileError::HalfOfKeys {
        missing,
        place: format!("in the profile {:?}", profile.name()),
    })
}

fn known(profiles: &ProfileSet) -> String {
    let mut known: Vec<_> = profiles.profiles().collect();
    known.sort_unstable();
    match known.as_slice() {
        [] => "none".to_owned(),
        known => known.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_a_pair_of_keys_is_refused_and_a_secret_alone_is_not_looked_at() {
        let check = |given: &[&str]| {
            check_environment(|name| match given.contains(&name) {
                true => "x".to_owned(),
                false => " ".to_owned(),
            })
        };
        let refused = check(&["AWS_ACCESS_KEY_ID"]).unwrap_err().to_string();
        assert!(
            refused.starts_with("AWS_SECRET_ACCESS_KEY is missing"),
            "{refused}"
        );
        assert!(check(&["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]).is_ok());
        assert!(check(&["AWS_SECRET_ACCESS_KEY"]).is_ok());
        assert!(check(&[]).is_ok());
    }
}
