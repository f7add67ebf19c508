//! The change set of a deployment, from its creation until it is ready or gone again.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use jiff::Timestamp;
use spotmanager_aws::change_sets::{
    ChangeSet, Client, CreatedChangeSet, NewChangeSet, ResourceChange, StackParameter,
    create_change_set, delete_change_set, delete_stack, describe_change_set,
};
use spotmanager_aws::stacks::describe_stack;

use super::{NOTHING_CHANGED, target::UNMADE};
use crate::{
    interrupt::{Interrupt, Interrupted},
    pauses::until,
};

/// What it is made of.
#[derive(Debug)]
pub(super) struct New {
    pub(super) stack_name: String,
    pub(super) makes_stack: bool,
    /// Whether nothing of the stack was there before.
    pub(super) owns_stack: bool,
    pub(super) template: String,
    pub(super) parameters: Vec<StackParameter>,
    /// What the stack will have, by the parameters' names.
    pub(super) values: BTreeMap<String, String>,
}

/// One that can be executed.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) created: CreatedChangeSet,
    pub(super) changes: Vec<ResourceChange>,
}

/// Makes the change set; nothing if it would change nothing.
///
/// # Errors
/// When CloudFormation cannot make it, or Ctrl-C is pressed: then nothing of it is left.
pub(super) async fn prepare(
    client: &Client,
    new: &New,
    interrupt: &mut Interrupt,
) -> Result<Option<Prepared>> {
    let change_set_name = format!("spotmanager-{}", Timestamp::now().as_millisecond());
    let asked = NewChangeSet {
        stack_name: &new.stack_name,
        name: &change_set_name,
        makes_stack: new.makes_stack,
        template_body: &new.template,
        parameters: &new.parameters,
    };
    let created = create_change_set(client, &asked).await?;
    let made = until(async || {
        Ok(match describe_change_set(client, &created.arn).await? {
            ChangeSet::InProgress => None,
            made => Some(made),
        })
    });
    let Some(made) = interrupt.or(Box::pin(made)).await else {
        discard(client, &created, new.owns_stack).await?;
        return Err(Interrupted::leaving(NOTHING_CHANGED).into());
    };
    let made = match made {
        Ok(made) => made,
        Err(error) => {
            // What could not be read is not left either, as far as CloudFormation can be asked.
            let discarded = discard(client, &created, new.owns_stack).await;
            return Err(match discarded {
                Ok(()) => error,
                Err(also) => {
                    error.context(format!("the change set {} is left: {also:#}", created.arn))
                }
            });
        }
    };
    match made {
        ChangeSet::Ready(changes) => Ok(Some(Prepared { created, changes })),
        ChangeSet::Failed(reason) => {
            discard(client, &created, new.owns_stack).await?;
            let stack = &new.stack_name;
            bail!("CloudFormation cannot change the stack {stack} so: {reason}");
        }
        ChangeSet::Empty | ChangeSet::InProgress => {
            delete_change_set(client, &created.arn).await?;
            Ok(None)
        }
    }
}

/// Leaves nothing of a change set that is not executed, nor of the stack that it would make, unless
/// somebody else has begun with that one.
///
/// # Errors
/// When CloudFormation cannot be asked.
pub(super) async fn discard(
    client: &Client,
    created: &CreatedChangeSet,
    owns_stack: bool,
) -> Result<()> {
    delete_change_set(client, &created.arn).await?;
    let stack = match owns_stack {
        true => describe_stack(client, &created.stack_arn).await?,
        false => None,
    };
    if stack.is_some_and(|stack| stack.status == UNMADE) {
        delete_stack(client, &created.stack_arn).await?;
    }
    Ok(())
}
