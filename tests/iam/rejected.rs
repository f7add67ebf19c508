//! Shows that the script finds what is wrong: statements that it must reject, and new actions that
//! it must know.

use anyhow::ensure;
use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::{
    definitions,
    place::{PLACES, Place},
    policies::Policy,
    trial,
};

/// What the script has to find: a name, an identity policy's statement, and parts of the message.
type Rejected = (&'static str, fn(&Place) -> Value, [&'static str; 2]);

const REJECTED: [Rejected; 7] = [
    (
        "an unknown action",
        |_| json!({"Action": "autoscaling:LaunchInstance", "Resource": "*"}),
        ["autoscaling:LaunchInstance", "LaunchInstances"],
    ),
    (
        "an unknown service",
        |_| json!({"Action": "autoscale:ExecutePolicy", "Resource": "*"}),
        ["autoscale:ExecutePolicy", "no service \"autoscale\""],
    ),
    (
        "a resource of another type",
        |place| {
            let execution = place.arn("states", "execution:spotmanager:*");
            json!({"Action": "states:StartExecution", "Resource": execution})
        },
        [
            "Resource is arn:aws:states:",
            ":stateMachine:${StateMachineName}",
        ],
    ),
    (
        "a resource for an action without one",
        |place| json!({"Action": "pricing:GetProducts", "Resource": place.arn("sqs", "queue")}),
        ["Resource is arn:aws:sqs:", "takes no resource"],
    ),
    (
        "a resource of another partition",
        |_| {
            let topic = PLACES[1].arn("sns", "topic");
            json!({"Action": "sns:Publish", "Resource": topic})
        },
        ["Resource is arn:aws-cn:sns:", "arn:aws:sns:"],
    ),
    (
        "a condition key that the action does not support",
        |_| {
            let condition = json!({"StringEquals": {"kms:EncryptionContext:aws:logs:arn": "logs"}});
            json!({"Action": "kms:DescribeKey", "Resource": "*", "Condition": condition})
        },
        ["kms:EncryptionContext:aws:logs:arn", "kms:ViaService"],
    ),
    (
        "a condition key that is not global",
        |_| {
            let condition = json!({"StringEquals": {"aws:SourceAcount": "000000000000"}});
            json!({"Action": "sns:Publish", "Resource": "*", "Condition": condition})
        },
        ["Condition is aws:SourceAcount", "a global key"],
    ),
];

pub(crate) fn trials() -> Vec<Trial> {
    let trials = REJECTED.into_iter().map(|(name, statement, parts)| {
        trial(&format!("found: {name}"), move || {
            let place = &PLACES[0];
            let problems = definitions::problems(place, &[identity(statement(place))])?;
            let is_found =
                matches!(&problems[..], [one] if parts.iter().all(|part| one.contains(part)));
            ensure!(is_found, "{problems:#?} instead of one with {parts:?}");
            Ok(())
        })
    });
    let attached = trial(
        "found: an action that a resource's policy cannot allow",
        || {
            let mut policy = identity(json!({"Action": "sns:Publish", "Resource": "*"}));
            policy.attached_to = Some("queue");
            let problems = definitions::problems(&PLACES[0], &[policy])?;
            let is_found = matches!(&problems[..], [one] if one.contains("policy of a queue"));
            ensure!(is_found, "{problems:#?}");
            Ok(())
        },
    );
    let newest = trial("known: actions that are new", || {
        let group = PLACES[0].arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/*");
        let launch = json!({"Action": "autoscaling:LaunchInstances", "Resource": group});
        let validate = json!({"Action": "states:ValidateStateMachineDefinition", "Resource": "*"});
        let problems = definitions::problems(&PLACES[0], &[identity(launch), identity(validate)])?;
        ensure!(problems.is_empty(), "{problems:#?}");
        Ok(())
    });
    trials.chain([attached, newest]).collect()
}

fn identity(mut statement: Value) -> Policy {
    statement["Effect"] = json!("Allow");
    Policy {
        name: "example".to_owned(),
        attached_to: None,
        statements: vec![statement],
    }
}
