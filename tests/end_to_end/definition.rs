//! The state machine's definition, as Step Functions itself judges it.

use anyhow::{Result, ensure};
use aws_sdk_sfn::{Client, types::ValidateStateMachineDefinitionResultCode};
use serde_json::Value;
use spotmanager_testbed::{Stage, Suite, as_json};

pub(crate) fn add(suite: &mut Suite) {
    suite.test("definition: the file is valid", async |stage| {
        let reply = Client::new(&stage.config)
            .validate_state_machine_definition()
            .definition(file(stage)?)
            .send()
            .await?;
        ensure!(
            *reply.result() == ValidateStateMachineDefinitionResultCode::Ok
                && reply.diagnostics().is_empty(),
            "{:?}",
            reply.diagnostics()
        );
        Ok(())
    });
    suite.test(
        "definition: the deployed machine is the file",
        async |stage| {
            let manager = stage.spot_manager().await?;
            let reply = Client::new(&stage.config)
                .describe_state_machine()
                .state_machine_arn(manager.stack.output("StateMachineArn")?)
                .send()
                .await?;
            let deployed = as_json(reply.definition())?;
            let file = as_json(&file(stage)?)?;
            ensure!(
                with_placeholders(&deployed, &file) == file,
                "{deployed:#} is not the file"
            );
            Ok(())
        },
    );
}

fn file(stage: &Stage) -> Result<String> {
    stage.checkout.read("statemachine/spotmanager.asl.json")
}

/// The deployed definition with the file's placeholders in place of the ARN or partition that it
/// has for them.
fn with_placeholders(deployed: &Value, file: &Value) -> Value {
    match (deployed, file) {
        (Value::String(value), Value::String(text)) => {
            let is_arn = text.starts_with("${") && value.starts_with("arn:");
            let is_filled_in = is_arn || text.replace("${Partition}", "aws") == *value;
            Value::from(if is_filled_in { text } else { value }.as_str())
        }
        (Value::Object(deployed), Value::Object(file)) => deployed
            .iter()
            .map(|(key, value)| {
                let in_file = file.get(key).unwrap_or(&Value::Null);
                (key.clone(), with_placeholders(value, in_file))
            })
            .collect(),
        (Value::Array(deployed), Value::Array(file)) if deployed.len() == file.len() => deployed
            .iter()
            .zip(file)
            .map(|(value, in_file)| with_placeholders(value, in_file))
            .collect(),
        _ => deployed.clone(),
    }
}
