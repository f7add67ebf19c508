//! A stack of workers that is not there, or one of its nested stacks.

use anyhow::Error;
use spotmanager_aws::SdkConfig;
use spotmanager_discover::workers::WorkersError;
use spotmanager_domain::stack_name_of;

use crate::account::place;

/// CloudFormation does not know the stack.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StackGone {
    /// The one that is asked for.
    #[error("{field} is {found:?}; it should be a CloudFormation stack of {place}")]
    Root {
        /// What names it.
        field: String,
        /// Its name.
        found: String,
        /// Where it was looked for.
        place: String,
    },
    /// One that it has.
    #[error(
        "{root} has the nested stack {nested}, which is not in {place}; it should be there: update the stack {root}, or delete it"
    )]
    Nested {
        /// The stack that is asked for.
        root: String,
        /// The nested one.
        nested: String,
        /// Where it was looked for.
        place: String,
    },
}

/// The error, with where the stack was looked for if it is gone. `field` names `root`.
pub(crate) async fn explained(config: &SdkConfig, field: &str, root: &str, error: Error) -> Error {
    let Some(WorkersError::StackNotFound { found }) = error.downcast_ref() else {
        return error;
    };
    let (root, found) = (root.to_owned(), found.clone());
    let place = place(config).await;
    if found == root {
        let field = field.to_owned();
        StackGone::Root {
            field,
            found,
            place,
        }
        .into()
    } else {
        StackGone::Nested {
            root: stack_name_of(&root).to_owned(),
            nested: stack_name_of(&found).to_owned(),
            place,
        }
        .into()
    }
}
