//! What is known of a setting: a row of the table.

use std::{fmt, ops::RangeInclusive};

use rust_decimal::Decimal;

use super::{
    SettingError,
    value::{Content, SettingType, SettingValue},
};

/// A row of the table.
#[derive(Debug)]
pub struct Setting {
    /// Its key in JSON.
    pub name: &'static str,
    /// Where it stands among the parameters.
    pub group: SettingGroup,
    /// What it may be.
    pub values: Values,
    /// Which commands have it as an option.
    pub offered: Offered,
    pub(super) about: &'static str,
}

/// Settings that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingGroup {
    /// The names of the pair's parts.
    Workers,
    /// When spot is worth it.
    Decision,
    /// How it is scaled, and how long for capacity is waited.
    Scaling,
    /// How often another instance is asked for.
    Rounds,
    /// Given to single executions only: a deployment has no parameter for it.
    Execution,
}

/// Which commands have an option for a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    /// No command.
    Nowhere,
    /// `run`.
    Run,
    /// `run`, `init` and `doctor`.
    Everywhere,
}

/// What a setting may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// Any text.
    Text,
    /// A text that is contained in something, and not empty.
    PartOf(&'static str),
    /// A logical id of CloudFormation, with or without those of nested stacks before it.
    LogicalId,
    /// The same, or empty.
    LogicalIdOrEmpty,
    /// `true` or `false`.
    Flag,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A number in a range.
    Number(Unit, Range),
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Whole seconds.
    Seconds,
    /// Percent, with places.
    Percent,
    /// EC2's spot placement score; 0 for none.
    Score,
    /// Jobs for each instance, with places.
    Jobs,
    /// Whole rounds.
    Rounds,
    /// Whole instances, or units of capacity if a group weighs its instance types.
    Instances,
    /// USD per instance-hour.
    Usd,
}

/// Which numbers are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The least; not itself if `is_above`.
    pub least: Decimal,
    /// Whether it has to be above the least.
    pub is_above: bool,
    /// The most that is accepted; absent if there is none.
    pub most: Option<Decimal>,
}

pub(super) const fn seconds(range: RangeInclusive<u32>) -> Values {
    between(Unit::Seconds, range)
}

pub(super) const fn between(unit: Unit, range: RangeInclusive<u32>) -> Values {
    let range = Range {
        least: whole(*range.start()),
        is_above: false,
        most: Some(whole(*range.end())),
    };
    Values::Number(unit, range)
}

pub(super) const fn above_zero(unit: Unit, most: Decimal) -> Values {
    let range = Range {
        least: Decimal::ZERO,
        is_above: true,
        most: Some(most),
    };
    Values::Number(unit, range)
}

pub(super) const fn at_least(unit: Unit, least: Decimal) -> Values {
    let range = Range {
        least,
        is_above: false,
        most: None,
    };
    Values::Number(unit, range)
}

const fn whole(number: u32) -> Decimal {
    Decimal::from_parts(number, 0, 0, false, 0)
}

impl Setting {
    /// What it is, in sentences with their full stops.
    #[must_use]
    pub fn about(&self) -> &'static str {
        self.about.trim()
    }

    /// The environment variable in which *discover* reads the deployment's.
    #[must_use]
    pub fn variable(&self) -> String {
        self.name.to_ascii_uppercase()
    }

    /// Reads a value and checks its range.
    ///
    /// # Errors
    /// [`SettingError`] if it is another kind of value, or out of range.
    pub fn read<T: SettingValue>(&self, text: &str) -> Result<T, SettingError> {
        let given = self.parse(text)?;
        self.check(&given)?;
        Ok(given)
    }

    /// Reads a value without its range.
    pub(super) fn parse<T: SettingValue>(&self, text: &str) -> Result<T, SettingError> {
        T::parse(text).ok_or_else(|| self.refused(text))
    }

    pub(super) fn check(&self, value: &impl SettingType) -> Result<(), SettingError> {
        match value.given() {
            Some(given) if !self.values.accept(given.content()) => Err(self.refused(given)),
            _ => Ok(()),
        }
    }

    fn refused(&self, found: impl ToString) -> SettingError {
        SettingError::new(self.name, found, self.values.to_string())
    }
}

impl Values {
    fn accept(&self, content: Content<'_>) -> bool {
        match (self, content) {
            (Self::Text, Content::Text(_))
            | (Self::Flag, Content::Flag)
            | (Self::OneOf(_), Content::Word) => true,
            (Self::PartOf(_), Content::Text(text)) => !text.is_empty(),
            (Self::LogicalIdOrEmpty, Content::Text("")) => true,
            (Self::LogicalId | Self::LogicalIdOrEmpty, Content::Text(path)) => path
                .split('/')
                .all(|id| !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric())),
            (Self::Number(_, range), Content::Number(number)) => range.has(number),
            _ => false,
        }
    }
}

impl Range {
    fn has(&self, number: Decimal) -> bool {
        let is_enough = if self.is_above {
            number > self.least
        } else {
            number >= self.least
        };
        is_enough && self.most.is_none_or(|most| number <= most)
    }
}

/// What a value should be.
impl fmt::Display for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("a text"),
            Self::PartOf(whole) => write!(f, "a part of {whole}"),
            Self::LogicalId | Self::LogicalIdOrEmpty => f.write_str(
                "a logical id of letters and digits, nested stacks' ids before it with a /",
            ),
            Self::Flag => f.write_str("true or false"),
            Self::OneOf(words) => f.write_str(&words.join(", ")),
            Self::Number(Unit::Seconds, range) => write!(f, "a whole number of seconds {range}"),
            Self::Number(Unit::Percent, range) => write!(f, "a number of percent {range}"),
            Self::Number(Unit::Score, range) => {
                write!(f, "a score, a whole number {range}; 0 for not asking")
            }
            Self::Number(Unit::Jobs, range) => write!(f, "a number of jobs, {range}"),
            Self::Number(Unit::Rounds, range) => write!(f, "a whole number of rounds {range}"),
            Self::Number(Unit::Instances, range) => {
                write!(f, "a whole number of instances {range}")
            }
            Self::Number(Unit::Usd, range) => write!(f, "a price {range} USD per instance-hour"),
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let least = self.least;
        match (self.is_above, self.most) {
            (false, Some(most)) => write!(f, "from {least} to {most}"),
            (true, Some(most)) => write!(f, "above {least} and up to {most}"),
            (false, None) => write!(f, "at least {least}"),
            (true, None) => write!(f, "above {least}"),
        }
    }
}
