//! CloudFormation stacks.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context, Result, bail};
use aws_config::SdkConfig;
use aws_sdk_cloudformation::{
    Client,
    types::{Capability, Parameter, StackStatus},
};
use spotmanager_aws::stack_events::events_after;

use crate::poll;

/// A stack that was created.
#[derive(Clone, Debug)]
pub struct Stack {
    /// Its name.
    pub name: String,
    outputs: BTreeMap<String, String>,
}

impl Stack {
    /// An output.
    ///
    /// # Errors
    /// When the stack has no such output.
    pub fn output(&self, key: &str) -> Result<&str> {
        self.outputs
            .get(key)
            .map(String::as_str)
            .with_context(|| format!("stack {} has no output {key}", self.name))
    }
}

/// Creates a stack and waits until all of it is there.
///
/// # Errors
/// When CloudFormation refuses or rolls back, with its reason.
pub async fn create_stack(
    config: &SdkConfig,
    name: &str,
    template: &str,
    parameters: &[(&str, &str)],
) -> Result<Stack> {
    let client = Client::new(config);
    let parameters = parameters
        .iter()
        .map(|(key, value)| {
            Parameter::builder()
                .parameter_key(*key)
                .parameter_value(*value)
                .build()
        })
        .collect();
    client
        .create_stack()
        .stack_name(name)
        .template_body(template)
        .set_parameters(Some(parameters))
        .capabilities(Capability::CapabilityIam)
        .send()
        .await
        .with_context(|| format!("cannot create stack {name}"))?;
    poll(
        &format!("creating stack {name}"),
        Duration::from_secs(120),
        async || {
            let reply = client.describe_stacks().stack_name(name).send().await?;
            let stack = reply.stacks().first().context("the stack is gone")?;
            match stack.stack_status() {
                Some(StackStatus::CreateComplete) => Ok(Some(Stack {
                    name: name.to_owned(),
                    outputs: stack
                        .outputs()
                        .iter()
                        .filter_map(|output| {
                            Some((
                                output.output_key()?.to_owned(),
                                output.output_value()?.to_owned(),
                            ))
                        })
                        .collect(),
                })),
                Some(StackStatus::CreateInProgress) | None => Ok(None),
                Some(status) => bail!(
                    "stack {name} is {status}: {}",
                    reasons(&client, name).await?
                ),
            }
        },
    )
    .await
}

async fn reasons(client: &Client, name: &str) -> Result<String> {
    let events = events_after(client, name, None).await?;
    let reasons = events
        .into_iter()
        .filter_map(|event| Some(format!("{}: {}", event.logical_id, event.reason?)));
    Ok(reasons.collect::<Vec<_>>().join("; "))
}
