//! From the rows of the table to the types that hold settings.

/// Declares [`Settings`](super::Settings), [`SettingsOverride`](super::SettingsOverride) and
/// [`SETTINGS`](super::SETTINGS) from rows in groups.
macro_rules! settings {
    ($($group:ident {$(
        $(#[doc = $about:literal])+
        $name:ident: $type:ty = $default:expr, $values:expr, $offered:ident;
    )+})+) => {
        /// The settings of one execution: the deployment's, with the execution's own over them.
        /// What an input does not have, because it was written before the setting was there, is the
        /// default.
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        pub struct Settings {
            $($(
                $(#[doc = $about])+
                #[serde(
                    deserialize_with = "super::value::read",
                    skip_serializing_if = "super::value::is_absent"
                )]
                pub $name: $type,
            )+)+
        }

        impl Default for Settings {
            fn default() -> Self {
                Self {
                    $($($name: super::value::SettingType::of($default),)+)+
                }
            }
        }

        impl Settings {
            /// Checks each setting by itself.
            pub(super) fn check_each(&self) -> Result<(), super::SettingError> {
                $($(SETTINGS.$name.check(&self.$name)?;)+)+
                Ok(())
            }
        }

        /// The settings that one execution changes; what is absent stays as deployed.
        #[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct SettingsOverride {
            $($(
                #[doc = concat!("See [`Settings::", stringify!($name), "`].")]
                #[serde(
                    deserialize_with = "super::value::read",
                    skip_serializing_if = "Option::is_none"
                )]
                pub $name: Option<<$type as super::value::SettingType>::Given>,
            )+)+
            /// A setting of the previous release, which its executions and pairs may name. It does
            /// nothing.
            #[serde(deserialize_with = "super::value::ignore", skip_serializing)]
            #[doc(hidden)]
            pub scale_down_policy_name_contains: (),
        }

        impl SettingsOverride {
            /// Reads settings that are given as texts: `text` has that of a setting, or nothing.
            /// Ranges are not checked.
            ///
            /// # Errors
            /// [`SettingError`](super::SettingError) names the setting that cannot be read.
            pub fn of_texts(
                text: impl Fn(&super::Setting) -> Option<String>,
            ) -> Result<Self, super::SettingError> {
                Ok(Self {
                    $($($name: match text(&SETTINGS.$name) {
                        None => None,
                        Some(text) => Some(SETTINGS.$name.parse(&text)?),
                    },)+)+
                    ..Self::default()
                })
            }

            /// Checks each setting that is given by itself.
            ///
            /// # Errors
            /// [`SettingError`](super::SettingError) names the first setting out of its range.
            pub fn check_each(&self) -> Result<(), super::SettingError> {
                $($(SETTINGS.$name.check(&self.$name)?;)+)+
                Ok(())
            }

            /// Lays these over others: what is absent here is as there.
            #[must_use]
            pub fn over(self, others: Self) -> Self {
                Self {
                    $($($name: self.$name.or(others.$name),)+)+
                    ..Self::default()
                }
            }

            /// Lays the overrides over the deployment's settings.
            pub(super) fn apply(self, settings: &mut Settings) {
                $($(if let Some(given) = self.$name {
                    settings.$name = super::value::SettingType::of_given(given);
                })+)+
            }
        }

        /// Every row of the table by its name.
        #[derive(Debug)]
        pub struct Table {
            $($(
                $(#[doc = $about])+
                pub $name: super::Setting,
            )+)+
        }

        /// The table of settings.
        pub static SETTINGS: Table = Table {
            $($($name: super::Setting {
                name: stringify!($name),
                group: super::SettingGroup::$group,
                values: $values,
                offered: super::Offered::$offered,
                about: concat!($($about),+),
            },)+)+
        };

        impl Table {
            /// The rows in their order.
            pub fn rows(&self) -> impl Iterator<Item = &super::Setting> {
                [$($(&self.$name,)+)+].into_iter()
            }
        }
    };
}

pub(super) use settings;
