//! The options of settings, as the table of settings has them.

use std::path::PathBuf;

use clap::{
    Arg, ArgMatches, Args, Command, FromArgMatches,
    builder::{PossibleValuesParser, TypedValueParser, ValueParser},
};
use spotmanager_domain::{
    SETTINGS, SettingError, Settings, SettingsOverride,
    settings::{Offered, Setting, Unit, Values},
};

use crate::setting_names;

/// The settings that `run` takes.
pub(crate) type RunSettings = SettingOptions<true>;
/// The settings that the other commands of a stack take.
pub(crate) type WorkersSettings = SettingOptions<false>;

/// Settings that are given as options.
#[derive(Clone, Debug, Default)]
pub(crate) struct SettingOptions<const OF_RUN: bool>(SettingsOverride);

/// What the settings rest on that are not given.
#[derive(Debug, Args)]
pub(crate) struct Basis {
    /// A file of SpotManager's parameters, as `spotmanager init` writes it; - for standard input.
    #[arg(long, value_name = "PATH", conflicts_with = "spotmanager_stack")]
    pub(crate) parameters: Option<PathBuf>,
}

/// The settings that options give over the template's defaults.
///
/// # Errors
/// [`SettingError`] names the option that cannot be used.
pub(crate) fn settings_of(given: &SettingsOverride) -> Result<Settings, SettingError> {
    let settings = Settings::default().overridden(given.clone());
    settings.map_err(named_as_option)
}

/// The same refusal of a setting with the name that its option has.
pub(crate) fn named_as_option(refused: SettingError) -> SettingError {
    setting_names::renamed(refused, setting_names::option)
}

impl<const OF_RUN: bool> SettingOptions<OF_RUN> {
    /// The settings that are given.
    pub(crate) fn overrides(&self) -> SettingsOverride {
        self.0.clone()
    }

    fn rows() -> impl Iterator<Item = &'static Setting> {
        SETTINGS.rows().filter(|setting| match setting.offered {
            Offered::Everywhere => true,
            Offered::Run => OF_RUN,
            Offered::Nowhere => false,
        })
    }
}

impl<const OF_RUN: bool> Args for SettingOptions<OF_RUN> {
    fn augment_args(command: Command) -> Command {
        command.args(Self::rows().map(argument))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<const OF_RUN: bool> FromArgMatches for SettingOptions<OF_RUN> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut given = Self::default();
        given.update_from_arg_matches(matches)?;
        Ok(given)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for setting in Self::rows() {
            if let Some(given) = matches.get_one::<SettingsOverride>(setting.name) {
                self.0 = given.clone().over(self.overrides());
            }
        }
        Ok(())
    }
}

/// The option of a setting. What it takes is a setting by itself.
fn argument(setting: &'static Setting) -> Arg {
    let is_number = matches!(setting.values, Values::Number(..));
    let read = move |text: &str| {
        let of_row = |row: &Setting| (row.name == setting.name).then(|| text.to_owned());
        let given = SettingsOverride::of_texts(of_row).and_then(|given| {
            // A text is checked with the stack, which says more about it.
            if is_number {
                given.check_each()?;
            }
            Ok(given)
        });
        given.map_err(|refused| format!("it should be {}", refused.expected))
    };
    let words: &[_] = match setting.values {
        Values::Flag => &["true", "false"],
        Values::OneOf(words) => words,
        _ => &[],
    };
    let parser: ValueParser = if words.is_empty() {
        ValueParser::new(read)
    } else {
        PossibleValuesParser::new(words)
            .try_map(move |text| read(&text))
            .into()
    };
    Arg::new(setting.name)
        .long(setting_names::kebab(setting.name))
        .value_name(value_name(setting))
        .help(about(setting))
        .allow_negative_numbers(is_number)
        .value_parser(parser)
}

/// The help of a setting's option, without its full stop, as clap has it of a doc comment.
pub(super) fn about(setting: &Setting) -> &'static str {
    setting.about().trim_end_matches('.')
}

/// The help of a setting's option with the range of its numbers.
pub(super) fn about_in_range(setting: &Setting) -> String {
    match setting.values {
        Values::Number(_, range) => format!("{}, {range}", about(setting)),
        _ => about(setting).to_owned(),
    }
}

/// What stands for an option's value in the help.
pub(super) fn value_name(setting: &Setting) -> &'static str {
    match setting.values {
        Values::Text | Values::PartOf(_) => "TEXT",
        Values::LogicalId | Values::LogicalIdOrEmpty => "ID",
        Values::Flag => "BOOL",
        Values::OneOf(_) => "WAY",
        Values::Number(unit, _) => match unit {
            Unit::Seconds => "SECONDS",
            Unit::Percent => "PERCENT",
            Unit::Score => "SCORE",
            Unit::Jobs => "JOBS",
            Unit::Rounds => "ROUNDS",
            Unit::Instances => "INSTANCES",
            Unit::Usd => "USD",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spotmanager_domain::settings::LaunchBy;

    #[test]
    fn a_refusal_names_the_option() {
        let spot = SettingsOverride {
            spot_group_logical_id: Some("farm-spot".into()),
            ..SettingsOverride::default()
        };
        let price = SettingsOverride {
            maximum_spot_price_usd: Some(rust_decimal::Decimal::ZERO),
            ..SettingsOverride::default()
        };
        for (given, option) in [
            (spot, "--spot-group-logical-id"),
            (price, "--maximum-spot-price"),
        ] {
            assert_eq!(settings_of(&given).unwrap_err().field, option);
        }
    }

    #[test]
    fn an_option_is_refused_by_what_it_should_be() {
        let command = || RunSettings::augment_args(Command::new("run"));
        for (option, text, expected) in [
            ("--maximum-spot-price", "-1", "a price above 0"),
            ("--safety-margin-percent", "99.5", "from 0 to 99"),
            (
                "--verify-interval-seconds",
                "601",
                "a whole number of seconds from 1 to 600",
            ),
            ("--honor-cooldown", "yes", "[possible values: true, false]"),
            (
                "--launch-by",
                "policy",
                "[possible values: automatic, scaling-policy, desired-capacity, launch-instances]",
            ),
            (
                "--maximum-capacity-of-both-groups",
                "0",
                "a whole number of instances from 1 to 1000000",
            ),
        ] {
            let refused = command().try_get_matches_from(["run", option, text]);
            let refused = refused.unwrap_err().to_string();
            let is_named = refused.contains(option) && refused.contains(expected);
            assert!(is_named, "{expected} in {refused}");
        }
        let given = [
            "run",
            "--maximum-spot-price",
            "0.3",
            "--honor-cooldown",
            "false",
            "--launch-by",
            "desired-capacity",
        ];
        let matches = command().try_get_matches_from(given).unwrap();
        let given = RunSettings::from_arg_matches(&matches).unwrap().overrides();
        let wanted = SettingsOverride {
            launch_by: Some(LaunchBy::DesiredCapacity),
            honor_cooldown: Some(false),
            maximum_spot_price_usd: Some(rust_decimal::Decimal::new(3, 1)),
            ..SettingsOverride::default()
        };
        assert_eq!(given, wanted);
    }
}
