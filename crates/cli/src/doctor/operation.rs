//! What of a deployment no alarm passes: read once, whichever pairs are examined.

use std::collections::BTreeMap;

use jiff::Timestamp;
use spotmanager_aws::{
    SdkConfig,
    functions::{self, FunctionRef},
    queue_depth, schedules,
    stacks::{self, list_resources},
    state_machines,
};
use spotmanager_doctor::{Function, Named, Operation, Read};
use spotmanager_domain::resources::{EventRule, Schedule};

use super::{
    arn::sibling,
    deployed::Deployed,
    event_rule::event_rule,
    failures,
    function::function,
    notifications,
    resources::{Resources, map, missing, named, of_type, unread},
    rights::RightsReader,
    roles,
    unread::found,
};

/// A deployment's parts by their ARNs, and what was read of them.
#[derive(Debug)]
pub(super) struct Deployment {
    pub(super) jobs_topic_arn: String,
    pub(super) state_machine_arn: String,
    pub(super) state_machine_status: Read<String>,
    pub(super) start_name: String,
    pub(super) start_arn: String,
    pub(super) dead_letter_queue_arn: Option<String>,
    pub(super) operation: Operation,
}

/// Reads a deployment; nothing without the outputs that name topic, function and state machine.
pub(super) async fn read(
    config: &SdkConfig,
    deployed: &Deployed,
    now: Timestamp,
) -> Option<Deployment> {
    let output = |name: &str| deployed.outputs.get(name).cloned();
    let jobs_topic_arn = output("JobsTopicArn")?;
    let state_machine_arn = output("StateMachineArn")?;
    let start_name = output("StartFunctionName")?;
    let start_arn = sibling(
        &state_machine_arn,
        "lambda",
        &format!("function:{start_name}"),
    );
    let reader = Reader {
        config,
        deployed,
        machine: &state_machine_arn,
        start_name: &start_name,
        start_arn: &start_arn,
    };
    let (state_machine_status, operation) = Box::pin(reader.read(now)).await;
    let dead_letter_queue_arn = output("DeadLetterQueueUrl")
        .and_then(|url| Some(sibling(&state_machine_arn, "sqs", url.rsplit('/').next()?)));
    Some(Deployment {
        jobs_topic_arn,
        state_machine_status,
        dead_letter_queue_arn,
        operation,
        state_machine_arn,
        start_name,
        start_arn,
    })
}

/// What is read of, and with what.
struct Reader<'a> {
    config: &'a SdkConfig,
    deployed: &'a Deployed,
    machine: &'a str,
    start_name: &'a str,
    start_arn: &'a str,
}

impl Reader<'_> {
    /// The status of the state machine, and all else.
    async fn read(&self, now: Timestamp) -> (Read<String>, Operation) {
        let stacks = stacks::Client::new(self.config);
        let (topic, address) = (
            self.operations_topic(),
            self.deployed.parameter("OperationsEmail"),
        );
        let lambda = functions::Client::new(self.config);
        let sfn = state_machines::Client::new(self.config);
        let start = FunctionRef {
            name: self.start_name,
            qualifier: None,
        };
        let (resources, machine, start, start_policy, failed, emails) = tokio::join!(
            async { found(list_resources(&stacks, &self.deployed.stack_name).await) },
            async { found(state_machines::describe(&sfn, self.machine).await) },
            functions::describe_function(&lambda, start),
            async { found(functions::policy(&lambda, start).await) },
            failures::executions(&sfn, self.machine, now),
            failures::emails(self.config, &topic, &address),
        );
        let (functions, schedule, rule, dead_letters) = tokio::join!(
            self.functions(&lambda, &resources),
            self.schedule(&resources),
            self.rule(&resources),
            self.dead_letters(&resources),
        );
        let notifications =
            notifications::read(self.config, self.deployed, &resources, &topic).await;
        let asked = RightsReader {
            config: self.config,
            deployed: self.deployed,
            machine: self.machine,
            start_arn: self.start_arn,
            operations_topic: &topic,
        };
        let roles = roles::Roles {
            machine: map(&machine, |machine| machine.role_arn.clone()),
            start: found(start.map(|start| start.map(|start| start.role_arn))),
            schedule: schedule.as_ref().map(|named: &Named<Schedule>| {
                map(&named.read, |schedule| schedule.role_arn.clone())
            }),
            notifications: roles::of_rule(&notifications.rule.read),
            functions: roles::of_functions(&lambda, self.start_name).await,
        };
        let arns: Vec<_> = match &functions {
            Read::Found(functions) => functions.keys().cloned().collect(),
            Read::Missing | Read::NotRead(_) => Vec::new(),
        };
        let rights = asked.rights(&roles, &arns).await;
        let operation = Operation {
            functions,
            rights,
            schedule,
            rule,
            start_policy,
            dead_letters,
            operations_email: address,
            operations_topic_arn: topic,
            emails,
            notifications,
            failed,
        };
        (map(&machine, |machine| machine.status.clone()), operation)
    }

    /// The functions but *start*, by their ARNs.
    async fn functions(
        &self,
        client: &functions::Client,
        resources: &Resources,
    ) -> Read<BTreeMap<String, Read<Function>>> {
        let resources = match of_type(resources, "AWS::Lambda::Function") {
            Ok(resources) => resources,
            Err(why) => return Read::NotRead(why),
        };
        let mut functions = BTreeMap::new();
        for resource in resources {
            let name = resource.physical_id.as_str();
            if name == self.start_name {
                continue;
            }
            let arn = sibling(self.machine, "lambda", &format!("function:{name}"));
            let called = FunctionRef {
                name,
                qualifier: None,
            };
            functions.insert(arn, function(client, called).await);
        }
        Read::Found(functions)
    }

    async fn schedule(&self, resources: &Resources) -> Option<Named<Schedule>> {
        if self.deployed.parameter("ReturnToSpot") == "off" {
            return None;
        }
        const TYPE: &str = "AWS::Scheduler::Schedule";
        let group = named(
            resources,
            "AWS::Scheduler::ScheduleGroup",
            "returnToSpotGroup",
        );
        let schedule = named(resources, TYPE, "returnToSpotSchedule");
        Some(match (group, schedule) {
            (Read::Found(group), Read::Found(name)) => {
                let client = schedules::Client::new(self.config);
                let read = schedules::describe_schedule(&client, &group, &name).await;
                Named {
                    name: format!("{group}/{name}"),
                    read: found(read),
                }
            }
            (Read::NotRead(why), _) | (_, Read::NotRead(why)) => unread("return-to-spot", why),
            _ => missing("return-to-spot"),
        })
    }

    async fn rule(&self, resources: &Resources) -> Option<Named<EventRule>> {
        if self.deployed.parameter("ReplaceLostCapacity") == "false" {
            return None;
        }
        Some(event_rule(self.config, resources, "lostCapacityRule").await)
    }

    async fn dead_letters(&self, resources: &Resources) -> Read<BTreeMap<String, Read<u64>>> {
        let queues = match of_type(resources, "AWS::SQS::Queue") {
            Ok(queues) => queues,
            Err(why) => return Read::NotRead(why),
        };
        let client = queue_depth::Client::new(self.config);
        let mut depths = BTreeMap::new();
        for queue in queues {
            let url = queue.physical_id.as_str();
            let name = url.rsplit('/').next().unwrap_or(url).to_owned();
            depths.insert(name, found(queue_depth::messages(&client, url).await));
        }
        Read::Found(depths)
    }

    fn operations_topic(&self) -> String {
        let outputs = &self.deployed.outputs;
        outputs
            .get("OperationsTopicArn")
            .cloned()
            .unwrap_or_default()
    }
}
