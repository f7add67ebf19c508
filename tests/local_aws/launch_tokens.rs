//! LaunchInstances: the same call again, and calls that go wrong on their way.

use anyhow::{Result, ensure};
use aws_sdk_autoscaling::{Client, error::ProvideErrorMetadata};
use spotmanager_aws::launched_instances;
use spotmanager_fake_aws::{Fault, LaunchRules, Purchase};
use spotmanager_testbed::Suite;

use crate::launcher::{Launcher, ZONE, codes, expect_launched, expect_refused, ids};

/// How long a token stands for its call, seconds.
const WINDOW: f64 = 8.0 * 3600.0;

pub(crate) fn add(suite: &mut Suite) {
    repetitions(suite);
    failures(suite);
    found(suite);
    faults(suite);
}

fn repetitions(suite: &mut Suite) {
    suite.test(
        "launch: the same call again launches nothing for eight hours",
        async |stage| {
            let launcher = Launcher::on_demand(stage, "li-again").await?;
            let first = launcher.ask_in_zone(2, "1").send().await?;
            // The group has no room for it any more.
            launcher.ask_in_zone(3, "2").send().await?;
            let again = launcher.ask_in_zone(2, "1").send().await?;
            ensure!(ids(&again) == ids(&first), "{first:#?} and {again:#?}");
            for other in [
                launcher.ask_in_zone(1, "1"),
                launcher.ask(2, "1").availability_zones("us-east-1a"),
            ] {
                expect_refused(other, "IdempotentParameterMismatch", "token").await?;
            }
            launcher.expect_desired(5).await?;

            stage
                .local
                .age_launch_tokens(&launcher.group, WINDOW - 3600.0)
                .await;
            let again = launcher.ask_in_zone(3, "2").send().await?;
            expect_launched(&again, 3, &[])?;
            launcher.expect_desired(5).await?;
            stage.local.age_launch_tokens(&launcher.group, 3600.0).await;
            let anew = launcher.ask_in_zone(2, "1");
            expect_refused(anew, "ValidationError", "above max").await?;
            let anew = launcher.ask_in_zone(3, "2");
            expect_refused(anew, "ValidationError", "above max").await
        },
    );
    suite.test(
        "launch: a call is refused as long as the same one runs",
        async |stage| {
            let launcher = Launcher::on_demand(stage, "li-runs").await?;
            launcher.rules(LaunchRules {
                hold: true,
                ..LaunchRules::default()
            });
            let mut calls = [(); 2].map(|()| Box::pin(launcher.ask_in_zone(1, "1").send()));
            // Whichever comes first is held.
            let [one, other] = &mut calls;
            let (refused, held) = tokio::select! {
                answer = one => (answer, 1),
                answer = other => (answer, 0),
            };
            let refused = refused.err();
            let code = refused.as_ref().and_then(ProvideErrorMetadata::code);
            ensure!(code == Some("IdempotentCallInProgress"), "{refused:#?}");
            launcher.expect_desired(0).await?;
            launcher.rules(LaunchRules::default());
            let held = calls.into_iter().nth(held);
            let Some(held) = held else {
                anyhow::bail!("there are two calls");
            };
            let output = held.await?;
            expect_launched(&output, 1, &[])?;
            let again = launcher.ask_in_zone(1, "1").send().await?;
            ensure!(ids(&again) == ids(&output), "{again:#?}");
            launcher.expect_desired(1).await
        },
    );
}

fn failures(suite: &mut Suite) {
    suite.test("launch: a failure is kept under its token", async |stage| {
        let launcher = after_a_failure(stage, "li-kept", true).await?;
        let again = launcher.ask_in_zone(1, "1").send().await?;
        expect_launched(&again, 0, &["InsufficientInstanceCapacity"])?;
        let anew = launcher.ask_in_zone(1, "2").send().await?;
        expect_launched(&anew, 1, &[])
    });
    suite.test(
        "launch: a failure may be tried again under its token",
        async |stage| {
            let launcher = after_a_failure(stage, "li-not-kept", false).await?;
            let again = launcher.ask_in_zone(1, "1").send().await?;
            expect_launched(&again, 1, &[])?;
            launcher.expect_desired(1).await
        },
    );
    suite.test(
        "launch: a call that is refused does not use up its token",
        async |stage| {
            let launcher = Launcher::on_demand(stage, "li-refused").await?;
            let ask = || launcher.ask_in_zone(6, "1");
            expect_refused(ask(), "ValidationError", "above max value 5").await?;
            let group = launcher.client.update_auto_scaling_group();
            let group = group.auto_scaling_group_name(&launcher.group);
            group.max_size(6).send().await?;
            expect_launched(&ask().send().await?, 6, &[])
        },
    );
}

/// A group of which the call with the token `1` found no capacity, which is back.
async fn after_a_failure<'a>(
    stage: &'a spotmanager_testbed::Stage,
    stack: &str,
    remembers_failures: bool,
) -> Result<Launcher<'a>> {
    let launcher = Launcher::on_demand(stage, stack).await?;
    launcher.rules(LaunchRules {
        remembers_failures,
        ..LaunchRules::default()
    });
    stage.no_capacity(&launcher.instance_type, Purchase::OnDemand);
    let failed = launcher.ask_in_zone(1, "1").send().await?;
    ensure!(
        codes(&failed) == ["InsufficientInstanceCapacity"],
        "{failed:#?}"
    );
    stage.capacity_again(&launcher.instance_type, Purchase::OnDemand);
    Ok(launcher)
}

fn found(suite: &mut Suite) {
    suite.test(
        "launch: EC2 finds what a call launched by its token, or does not",
        async |stage| {
            let client = launched_instances::Client::new(&stage.config);
            for (stack, shows_tokens) in [("li-found", true), ("li-hides", false)] {
                let launcher = Launcher::on_demand(stage, stack).await?;
                launcher.rules(LaunchRules {
                    shows_tokens,
                    ..LaunchRules::default()
                });
                let output = launcher.ask_in_zone(2, "1").send().await?;
                launcher.ask_in_zone(1, "2").send().await?;
                let token = |number| format!("{}/{number}", launcher.group).try_into();
                let tokens = [token("1")?, token("3")?];
                let found = launched_instances::launched_under(&client, &tokens).await?;
                let mut of_first: Vec<_> =
                    found.iter().map(|one| one.instance_id.as_str()).collect();
                of_first.sort_unstable();
                let mut expected = ids(&output);
                expected.sort_unstable();
                expected.retain(|_| shows_tokens);
                ensure!(of_first == expected, "{found:?}");
                let is_right = found.iter().all(|one| {
                    one.availability_zone == ZONE
                        && one.instance_type == launcher.instance_type
                        && one.token == tokens[0]
                });
                ensure!(is_right, "{found:?}");
            }
            Ok(())
        },
    );
}

fn faults(suite: &mut Suite) {
    suite.test(
        "launch: if the answer is lost, the SDK's next attempt brings it and no second launch",
        async |stage| {
            let launcher = Launcher::on_demand(stage, "li-lost").await?;
            for (number, fault) in [Fault::AnswerLost, Fault::CutAfter, Fault::CutBefore]
                .into_iter()
                .enumerate()
            {
                stage
                    .local
                    .fail("LaunchInstances", &launcher.group, fault, 1);
                let output = Client::new(&stage.config)
                    .launch_instances()
                    .auto_scaling_group_name(&launcher.group)
                    .requested_capacity(1)
                    // The SDK makes a token of its own, once for all its attempts.
                    .availability_zones("us-east-1a")
                    .send()
                    .await?;
                expect_launched(&output, 1, &[])?;
                launcher.expect_desired(i32::try_from(number)? + 1).await?;
            }
            Ok(())
        },
    );
    suite.test(
        "launch: an answer may have neither instances nor errors",
        async |stage| {
            let launcher = Launcher::on_demand(stage, "li-empty").await?;
            let fault = Fault::EmptyAnswer;
            stage
                .local
                .fail("LaunchInstances", &launcher.group, fault, 1);
            let output = launcher.ask_in_zone(1, "1").send().await?;
            expect_launched(&output, 0, &[])?;
            launcher.expect_desired(0).await
        },
    );
}
