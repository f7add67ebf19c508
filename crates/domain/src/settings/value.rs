//! How the value of a setting is read, from JSON and from a text, and what a setting without one is.

use std::{convert::Infallible, fmt::Display};

use super::LaunchBy;
use crate::decimal;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, de::IgnoredAny};

/// The type of a value that somebody gives.
pub trait SettingValue: Sized + Display {
    /// How the table writes a default.
    type Literal;

    /// The value of a default.
    fn of_literal(literal: Self::Literal) -> Self;

    /// Reads it from JSON.
    ///
    /// # Errors
    /// Anything that is no such value.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;

    /// Reads it from an environment variable or an option; nothing if it is no such value.
    fn parse(text: &str) -> Option<Self>;

    /// What is compared with what the setting may be.
    fn content(&self) -> Content<'_>;
}

/// What is compared with what a setting may be.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// A text.
    Text(&'a str),
    /// One of several words, which the type has checked.
    Word,
    /// True or false.
    Flag,
    /// A number, in the setting's unit.
    Number(Decimal),
}

/// The type of a setting: a value, or one that may be absent.
pub trait SettingType: Sized {
    /// The value that somebody gives.
    type Given: SettingValue;
    /// How the table writes a default.
    type Literal;

    /// The value of a default.
    fn of(literal: Self::Literal) -> Self;

    /// The setting with the value that is given.
    fn of_given(given: Self::Given) -> Self;

    /// The value, if there is one.
    fn given(&self) -> Option<&Self::Given>;

    /// Reads it from JSON.
    ///
    /// # Errors
    /// Anything that is no such value.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// For serde's `deserialize_with`.
pub(super) fn read<'de, T: SettingType, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    T::read(deserializer)
}

/// For serde's `deserialize_with`: passes over any value.
pub(super) fn ignore<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    IgnoredAny::deserialize(deserializer).map(drop)
}

/// For serde's `skip_serializing_if`.
pub(super) fn is_absent(value: &impl SettingType) -> bool {
    value.given().is_none()
}

impl<G: SettingValue> SettingType for G {
    type Given = G;
    type Literal = G::Literal;

    fn of(literal: Self::Literal) -> Self {
        G::of_literal(literal)
    }

    fn of_given(given: G) -> Self {
        given
    }

    fn given(&self) -> Option<&G> {
        Some(self)
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        SettingValue::read(deserializer)
    }
}

impl<G: SettingValue> SettingType for Option<G> {
    type Given = G;
    /// `None` is the only default.
    type Literal = Option<Infallible>;

    fn of(_none: Self::Literal) -> Self {
        None
    }

    fn of_given(given: G) -> Self {
        Some(given)
    }

    fn given(&self) -> Option<&G> {
        self.as_ref()
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Option::<Read<G>>::deserialize(deserializer)?;
        Ok(read.map(|read| read.0))
    }
}

struct Read<G>(G);

impl<'de, G: SettingValue> Deserialize<'de> for Read<G> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        SettingValue::read(deserializer).map(Self)
    }
}

impl SettingValue for String {
    type Literal = &'static str;

    fn of_literal(literal: &'static str) -> Self {
        literal.to_owned()
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }

    fn parse(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }

    fn content(&self) -> Content<'_> {
        Content::Text(self)
    }
}

impl SettingValue for Decimal {
    type Literal = u32;

    fn of_literal(literal: u32) -> Self {
        literal.into()
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        decimal::deserialize(deserializer)
    }

    fn parse(text: &str) -> Option<Self> {
        text.trim().parse().ok()
    }

    fn content(&self) -> Content<'_> {
        Content::Number(*self)
    }
}

/// Types that are read and written as they are, each with what a range sees of it.
macro_rules! plain {
    ($($type:ty => |$value:pat_param| $content:expr;)*) => {
        $(impl SettingValue for $type {
            type Literal = Self;

            fn of_literal(literal: Self) -> Self {
                literal
            }

            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::deserialize(deserializer)
            }

            fn parse(text: &str) -> Option<Self> {
                text.trim().parse().ok()
            }

            fn content(&self) -> Content<'_> {
                let $value = *self;
                $content
            }
        })*
    };
}

plain! {
    LaunchBy => |_| Content::Word;
    bool => |_| Content::Flag;
    u8 => |number| Content::Number(number.into());
    u32 => |number| Content::Number(number.into());
}
