//! What holds for every name and every setting.

mod names;
mod settings;
