//! The `spotmanager` command's parts: an execution told as a story.

mod prices;
mod steps;
mod story;

pub use story::Story;
