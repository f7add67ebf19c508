//! The `spotmanager` command's parts: an execution told as a story.

mod decision;
mod occasion;
mod prices;
mod rounds;
mod steps;
mod story;

pub use story::Story;
