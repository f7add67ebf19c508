//! The `spotmanager` command's parts: its arguments, what each command does, and an execution told
//! as a story.

// Both macros panic if nobody reads; `print` has what does not.
#![warn(clippy::print_stderr, clippy::print_stdout)]

mod access;
mod account;
mod alarm_types;
mod arguments;
mod backtest;
mod basis;
mod chart;
mod decision;
mod deploy;
mod deployed;
mod dispatch;
mod doctor;
mod explain;
mod failure;
mod init;
mod interrupt;
mod occasion;
mod on_demand;
mod outcome;
mod pages;
mod parameter_file;
mod pauses;
mod prices;
mod print;
mod question;
mod replay;
mod run;
mod runbook;
mod servable;
mod setting_names;
mod stack_gone;
mod steps;
mod story;
mod table;
mod template_defaults;
mod terminal;
#[cfg(test)]
mod testing;
mod title;
mod topic_suffix;

pub use arguments::Arguments;
pub use dispatch::run;
pub use story::Story;
