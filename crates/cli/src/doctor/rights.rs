//! What each role of a deployment may do, asked of IAM's simulator.

use std::collections::BTreeMap;

use spotmanager_aws::{
    SdkConfig,
    role_rights::{self, ContextKey},
};
use spotmanager_doctor::{Condition, NEEDS, Need, NotRead, On, Read, Right};
use spotmanager_domain::settings::LaunchBy;

use super::{
    arn::sibling,
    deployed::{Deployed, arns},
    roles::Roles,
    unread::found,
};

/// The tag by which *scale*'s role knows the groups of the workers' stacks.
const STACK_TAG: &str = "autoscaling:ResourceTag/aws:cloudformation:stack-name";
/// The groups of an account and region, of which the tag picks some.
const GROUPS: &str = "autoScalingGroup:*:autoScalingGroupName/*";

/// A deployment whose roles are looked at.
pub(super) struct RightsReader<'a> {
    pub(super) config: &'a SdkConfig,
    pub(super) deployed: &'a Deployed,
    pub(super) machine: &'a str,
    pub(super) start_arn: &'a str,
    pub(super) operations_topic: &'a str,
}

/// The resources of a call with what the service sends, once for each value of the key.
struct Scope {
    resources: Vec<String>,
    sent: Vec<ContextKey>,
    /// The template's own condition.
    condition: Option<Condition>,
}

impl RightsReader<'_> {
    /// What each role may do of what it needs; `functions` are those that the state machine invokes.
    pub(super) async fn rights(&self, roles: &Roles, functions: &[String]) -> Vec<Right> {
        let mut answers: BTreeMap<usize, Right> = BTreeMap::new();
        for (index, need) in NEEDS.iter().enumerate() {
            let (Some(role), Some(scope)) = (roles.of(need.holder), self.scope(need.on, functions))
            else {
                continue;
            };
            if answers.contains_key(&index) {
                continue;
            }
            // One call answers for every action of a role on the same resources.
            let alike: Vec<_> = NEEDS
                .iter()
                .enumerate()
                .filter(|(_, other)| other.holder == need.holder && other.on == need.on)
                .collect();
            let actions: Vec<_> = alike.iter().map(|(_, need)| need.action).collect();
            let refused = self.refused(role, &actions, &scope).await;
            for (index, need) in alike {
                answers.insert(index, right(need, role, &refused, &scope));
            }
        }
        answers.into_values().collect()
    }

    async fn refused(
        &self,
        role: &Read<String>,
        actions: &[&str],
        scope: &Scope,
    ) -> Read<Vec<role_rights::RefusedAction>> {
        let role = match role {
            Read::Found(role) => role,
            Read::Missing => {
                let why = "what it is the role of does not exist";
                return Read::NotRead(NotRead::because(why));
            }
            Read::NotRead(why) => return Read::NotRead(why.clone()),
        };
        let client = role_rights::Client::new(self.config);
        let mut all: Vec<role_rights::RefusedAction> = Vec::new();
        let each: Vec<&[ContextKey]> = match &scope.sent[..] {
            [] => vec![&[]],
            sent => sent.chunks(1).collect(),
        };
        for sent in each {
            let resources = &scope.resources;
            match found(role_rights::refused(&client, role, actions, resources, sent).await) {
                Read::Found(refused) => {
                    let new = refused.into_iter().filter(|one| !all.contains(one));
                    let new: Vec<_> = new.collect();
                    all.extend(new);
                }
                other => return other,
            }
        }
        Read::Found(all)
    }

    /// Where a role needs an action; `None` if this deployment does not need it.
    fn scope(&self, on: On, functions: &[String]) -> Option<Scope> {
        let of = |service: &str, resource: &str| vec![sibling(self.machine, service, resource)];
        let resources = match on {
            On::Anything => vec!["*".to_owned()],
            On::LostCapacity => {
                let is_off = self.deployed.parameter("ReplaceLostCapacity") == "false";
                (!is_off).then(|| vec!["*".to_owned()])?
            }
            On::Functions => functions.to_vec(),
            On::Start => vec![self.start_arn.to_owned()],
            On::StateMachine => vec![self.machine.to_owned()],
            On::Executions => {
                let machine = self.machine.rsplit(':').next().unwrap_or_default();
                of("states", &format!("execution:{machine}:*"))
            }
            On::Queue => self.has_queue().then(|| of("sqs", "*"))?,
            On::Alarms => {
                let reads_tags = self.deployed.parameter("StackNameFrom") == "alarm-tags";
                reads_tags.then(|| of("cloudwatch", "alarm:*"))?
            }
            On::OperationsTopic => vec![self.operations_topic.to_owned()],
            On::NotificationsTopic => {
                let topic = self.deployed.outputs.get("NotificationsTopicArn")?;
                vec![topic.clone()]
            }
            On::DeadLetterQueue => {
                let url = self.deployed.outputs.get("DeadLetterQueueUrl")?;
                of("sqs", url.rsplit('/').next()?)
            }
            On::EventBus => of("events", "event-bus/default"),
            On::WorkersStacks => {
                let stacks = self.stacks().into_iter();
                let arn = |stack| format!("stack/{stack}/*");
                stacks
                    .flat_map(|stack| of("cloudformation", &arn(stack)))
                    .collect()
            }
            On::Groups => of("autoscaling", GROUPS),
            On::Launches => self.launches().then(|| vec!["*".to_owned()])?,
            On::LaunchGroups => self.launches().then(|| of("autoscaling", GROUPS))?,
            On::LaunchTemplates => self.launches().then(|| self.list("LaunchTemplateArns"))?,
            On::LaunchedInstances => self.launches().then(|| of("ec2", "instance/*"))?,
            On::InstanceRoles => self.launches().then(|| self.list("InstanceRoleArns"))?,
        };
        let (key, sent, allowed) = match on {
            On::Groups | On::LaunchGroups => (STACK_TAG, self.stacks(), self.stack_patterns()),
            On::LaunchedInstances => {
                let calls = ["CreateFleet", "RunInstances"].map(str::to_owned).to_vec();
                ("ec2:CreateAction", calls.clone(), calls)
            }
            On::InstanceRoles => {
                let service = vec!["ec2.amazonaws.com".to_owned()];
                ("iam:PassedToService", service, vec!["ec2.*".to_owned()])
            }
            On::EventBus => {
                let source = vec!["spotmanager".to_owned()];
                ("events:source", source.clone(), source)
            }
            _ => ("", Vec::new(), Vec::new()),
        };
        let sent = sent.into_iter().map(|value| ContextKey {
            name: key.to_owned(),
            value,
            // A call puts several events, each with a source.
            is_list: on == On::EventBus,
        });
        Some(Scope {
            resources,
            sent: sent.collect(),
            condition: (!allowed.is_empty()).then(|| Condition {
                key: key.to_owned(),
                values: allowed,
            }),
        })
    }

    /// The stacks that the template's roles are made for, by the parameter and the pairs.
    fn stacks(&self) -> Vec<String> {
        self.deployed.reached_stacks()
    }

    fn stack_patterns(&self) -> Vec<String> {
        let own = self.deployed.parameter("WorkersStackName");
        let further = self.deployed.parameter("FurtherStacks");
        let patterns = [own.clone(), format!("{own}-*"), further];
        patterns.into_iter().filter(|one| !one.is_empty()).collect()
    }

    /// Whether the template grants what LaunchInstances needs.
    fn launches(&self) -> bool {
        self.deployed.settings.launch_by == LaunchBy::LaunchInstances
            && !self.list("LaunchTemplateArns").is_empty()
    }

    /// The ARNs of a parameter.
    fn list(&self, parameter: &str) -> Vec<String> {
        arns(&self.deployed.parameter(parameter))
    }

    /// Whether a queue is counted for any pair.
    fn has_queue(&self) -> bool {
        let deployed = &self.deployed.settings.queue_logical_id;
        let mut pairs = self.deployed.pairs(None).into_iter();
        !deployed.is_empty() || pairs.any(|pair| !pair.queue_logical_id(deployed).is_empty())
    }
}

fn right(
    need: &Need,
    role: &Read<String>,
    refused: &Read<Vec<role_rights::RefusedAction>>,
    scope: &Scope,
) -> Right {
    let of_action = |all: &Vec<role_rights::RefusedAction>| {
        let own = all.iter().filter(|one| one.action == need.action);
        own.map(|one| one.resource_arn.clone()).collect()
    };
    Right {
        holder: need.holder,
        role_arn: match role {
            Read::Found(role) => role.clone(),
            Read::Missing | Read::NotRead(_) => String::new(),
        },
        action: need.action,
        refused: super::resources::map(refused, of_action),
        condition: scope.condition.clone(),
    }
}
