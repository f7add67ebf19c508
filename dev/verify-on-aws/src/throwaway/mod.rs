//! The throw-away deployment: created, updated, deleted.

mod bucket;
mod create;
mod delete;
mod deployed;
mod key;
mod stacks;
mod template;

pub(crate) use bucket::{create as create_bucket, upload};
pub(crate) use create::{create, create_spotmanager, launch_by_instances, update_spotmanager};
pub(crate) use delete::{Leftovers, delete};
pub(crate) use deployed::Deployed;
pub(crate) use key::create as create_key;
pub(crate) use template::without_jobs_permission;
