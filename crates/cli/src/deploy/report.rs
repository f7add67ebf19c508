//! What is changed, and what came of it.

use std::collections::{BTreeMap, BTreeSet};

use spotmanager_aws::change_sets::ResourceChange;

use super::{Outcome, target::Target};
use crate::account::Account;

/// A deployment.
#[derive(Debug)]
pub(super) struct Report<'a> {
    pub(super) stack_name: &'a str,
    pub(super) account: Account,
    pub(super) makes_stack: bool,
    /// Where it is left to be executed.
    pub(super) change_set_arn: Option<String>,
    pub(super) outcome: Outcome,
    pub(super) changes: Vec<ResourceChange>,
    /// What the stack is deployed with, by the parameters' names.
    pub(super) parameters: BTreeMap<String, String>,
    /// The stack's, by their names.
    pub(super) outputs: BTreeMap<String, String>,
    /// The commands that suspend the rebalancing of zones in the groups of the workers.
    pub(super) suspend_rebalancing: BTreeSet<String>,
}

impl<'a> Report<'a> {
    /// Of a stack in which nothing was changed so far.
    pub(super) fn new(stack_name: &'a str, account: Account, target: &Target) -> Self {
        Self {
            stack_name,
            account,
            makes_stack: target.is_new,
            change_set_arn: None,
            outcome: Outcome::NoChanges,
            changes: Vec::new(),
            parameters: BTreeMap::new(),
            outputs: target.outputs.clone(),
            suspend_rebalancing: BTreeSet::new(),
        }
    }
}

#[cfg(test)]
pub(super) mod testing {
    use super::*;

    /// Of the stack `sm`, which is new.
    pub(crate) fn report(outcome: Outcome) -> Report<'static> {
        Report {
            stack_name: "sm",
            account: Account {
                id: "111122223333".into(),
                region: "eu-west-1".into(),
            },
            makes_stack: true,
            change_set_arn: Some("arn:changeSet".into()),
            outcome,
            changes: Vec::new(),
            parameters: BTreeMap::new(),
            outputs: [("JobsTopicArn".to_owned(), "arn:topic".to_owned())].into(),
            suspend_rebalancing: BTreeSet::new(),
        }
    }
}
