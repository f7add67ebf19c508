//! The state machine's definition, as Step Functions itself judges it.

use anyhow::{Context, Result, ensure};
use aws_sdk_sfn::{Client, types::ValidateStateMachineDefinitionResultCode};
use spotmanager_tests::{Stage, Suite};

pub(crate) fn add(suite: &mut Suite) {
    suite.test("definition: the file is valid", async |stage| {
        let definition = deployed_from(stage)?;
        let reply = Client::new(&stage.config)
            .validate_state_machine_definition()
            .definition(definition)
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
            let arn = stage
                .spot_manager()
                .await?
                .stack
                .output("StateMachineArn")?;
            let reply = Client::new(&stage.config)
                .describe_state_machine()
                .state_machine_arn(arn)
                .send()
                .await?;
            let deployed = spotmanager_tests::as_json(reply.definition())?;
            let file = spotmanager_tests::as_json(&deployed_from(stage)?)?;
            let states = |machine: &serde_json::Value| {
                let states = machine["States"].as_object().context("no States")?;
                Ok::<Vec<_>, anyhow::Error>(states.keys().cloned().collect())
            };
            ensure!(states(&deployed)? == states(&file)?, "{deployed}");
            ensure!(
                !reply.definition().contains("${"),
                "a placeholder is left: {deployed}"
            );
            Ok(())
        },
    );
}

fn deployed_from(stage: &Stage) -> Result<String> {
    stage.checkout.read("statemachine/spotmanager.asl.json")
}
