//! What is looked at before a decision is made: whether AWS answers, whether the stack has the pair,
//! and whether each of its groups buys in its market.

use anyhow::{Error, Result};
use spotmanager_aws::SdkConfig;
use spotmanager_discover::workers::{Clients, WorkersError};
use spotmanager_domain::{NamedError, Settings, SettingsOverride, WorkerPair};

use super::Failed;
use crate::{
    deployed::{Parameters, settings_of},
    servable,
    setting_names::{has, of_pair, option, renamed, renamed_in},
    stack_gone,
};

/// A pair under the settings with which a decision is made for it.
#[derive(Debug)]
pub(super) struct Checked<'a> {
    /// The stack's name or ARN.
    pub(super) stack: &'a str,
    /// The settings of the command line.
    pub(super) given: &'a SettingsOverride,
    pub(super) pair: &'a WorkerPair,
    /// Those of SpotManager's stack, or of a file.
    pub(super) parameters: &'a Parameters,
    /// Whether somebody wrote the parameters, and they do not follow from the stack.
    pub(super) are_written: bool,
}

impl Checked<'_> {
    /// Checks the pair as an execution would find it.
    ///
    /// # Errors
    /// When AWS cannot be asked; [`Failed`] if the stack has not the pair; why a group buys in the
    /// other market.
    pub(super) async fn check(&self, config: &SdkConfig) -> Result<()> {
        let clients = Clients::new(config);
        let settings = self.settings()?;
        let purpose = servable::Purpose::Decision;
        let checked = servable::check(&clients, self.stack, &settings, purpose);
        match Box::pin(checked).await {
            Ok(_) => Ok(()),
            Err(error) => {
                let error = renamed_in(error, |setting| self.name_of(setting));
                Err(named(config, self.stack, error).await)
            }
        }
    }

    fn settings(&self) -> Result<Settings> {
        let own = self.given.clone().over(self.pair.settings.clone());
        let settings = settings_of(self.parameters)?.overridden(own);
        Ok(settings.map_err(|refused| renamed(refused, |setting| self.name_of(setting)))?)
    }

    /// What somebody changes if the setting is refused.
    fn name_of(&self, setting: &str) -> String {
        if self.are_written && !has(self.given, setting) {
            of_pair(self.pair, setting)
        } else {
            option(setting)
        }
    }
}

/// What the stack lacks, under the name by which *discover* would fail.
pub(super) async fn named(config: &SdkConfig, stack: &str, error: Error) -> Error {
    let name = match error.downcast_ref() {
        None | Some(WorkersError::Aws(_)) => return error,
        Some(refused) => refused.name(),
    };
    let message = stack_gone::explained(config, "--stack", stack, error).await;
    Failed {
        name,
        message: message.to_string(),
    }
    .into()
}
