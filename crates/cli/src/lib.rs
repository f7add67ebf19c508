//! The `spotmanager` command's parts: its arguments, what each command does, and an execution told
//! as a story.

mod access;
mod alarm_types;
mod arguments;
mod backtest;
mod chart;
mod decision;
mod deploy;
mod deployed;
mod dispatch;
mod doctor;
mod explain;
mod failure;
mod init;
mod occasion;
mod on_demand;
mod pages;
mod parameter_file;
mod pauses;
mod prices;
mod print;
mod rounds;
mod run;
mod steps;
mod story;
mod template_defaults;
#[cfg(test)]
mod testing;

pub use arguments::Arguments;
pub use dispatch::run;
pub use story::Story;
