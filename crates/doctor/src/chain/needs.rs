//! What each role has to be allowed: the actions that its holder calls, and on what.
//!
//! Leaves out what nothing rests on: the functions' and the machine's logs, and keys of KMS, of
//! which only their own policy can tell.

use super::Holder;
use crate::Severity;

/// An action that a role has to be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// Whose role it is.
    pub holder: Holder,
    /// Such as `lambda:InvokeFunction`.
    pub action: &'static str,
    /// What it is done with.
    pub on: On,
    /// How much it matters if it is missing.
    pub(super) severity: Severity,
    /// What follows if it is missing.
    pub(super) follows: &'static str,
}

/// What an action is done with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum On {
    /// The action takes no resource.
    Anything,
    /// The action takes no resource; only if `ReplaceLostCapacity` is `true`.
    LostCapacity,
    /// The stacks of the workers.
    WorkersStacks,
    /// The groups of those stacks, which the role knows by their tag.
    Groups,
    /// The queue of the jobs; only if `QueueLogicalId` is set.
    Queue,
    /// The state machine.
    StateMachine,
    /// The executions of the state machine.
    Executions,
    /// The functions that the state machine invokes.
    Functions,
    /// The function *start*.
    Start,
    /// The alarms of the account and region; only if `StackNameFrom` is `alarm-tags`.
    Alarms,
    /// The operations topic.
    OperationsTopic,
    /// The notifications topic.
    NotificationsTopic,
    /// The default event bus, with the source `spotmanager`.
    EventBus,
    /// The dead-letter queue.
    DeadLetterQueue,
    /// The action takes no resource; only if the deployment launches by LaunchInstances.
    Launches,
    /// The same as [`On::Groups`]; only if the deployment launches by LaunchInstances.
    LaunchGroups,
    /// The launch templates of `LaunchTemplateArns`, with which the deployment launches.
    LaunchTemplates,
    /// What these templates launch, while it is made.
    LaunchedInstances,
    /// The roles of `InstanceRoleArns`, which these instances have.
    InstanceRoles,
}

const fn need(holder: Holder, action: &'static str, on: On, follows: &'static str) -> Need {
    Need {
        holder,
        action,
        on,
        severity: Severity::Error,
        follows,
    }
}

const fn minor(holder: Holder, action: &'static str, on: On, follows: &'static str) -> Need {
    Need {
        severity: Severity::Warning,
        ..need(holder, action, on, follows)
    }
}

const EXECUTIONS_FAIL: &str = "executions fail with SpotManager.AccessDenied";
const ALONE: &str = "it goes on as if no other execution ran for the pair";
const BY_DESIRED_CAPACITY: &str = "DesiredCapacity is raised instead of launching instances";
const ON_DEMAND: &str = "it cannot decide for spot, and on-demand is chosen";
const NOT_ANSWERED: &str = "lost capacity is not replaced";
const BY_THE_MACHINE: &str =
    "the state machine sends its events instead, which takes more transitions";

/// Every need, the one that matters most first for each holder.
pub const NEEDS: &[Need] = {
    use Holder::{
        Discover, Evaluate, NotificationsRule, Scale, Schedule, Start, StateMachine, Verify,
    };
    &[
        need(
            StateMachine,
            "lambda:InvokeFunction",
            On::Functions,
            "every execution fails",
        ),
        minor(
            StateMachine,
            "sns:Publish",
            On::OperationsTopic,
            "nobody hears why an execution failed",
        ),
        minor(
            StateMachine,
            "events:PutEvents",
            On::EventBus,
            "nobody hears of decisions and outcomes",
        ),
        minor(
            StateMachine,
            "states:StartExecution",
            On::StateMachine,
            "an execution with many rounds cannot go on in a new one",
        ),
        need(
            Start,
            "states:StartExecution",
            On::StateMachine,
            "no execution is started",
        ),
        need(
            Start,
            "autoscaling:DescribeAutoScalingGroups",
            On::LostCapacity,
            NOT_ANSWERED,
        ),
        need(
            Start,
            "autoscaling:DescribeAutoScalingInstances",
            On::LostCapacity,
            NOT_ANSWERED,
        ),
        need(
            Start,
            "cloudwatch:ListTagsForResource",
            On::Alarms,
            "no alarm starts an execution",
        ),
        minor(
            Start,
            "sqs:SendMessage",
            On::DeadLetterQueue,
            "an event that it fails with is lost",
        ),
        need(
            Discover,
            "cloudformation:ListStackResources",
            On::WorkersStacks,
            EXECUTIONS_FAIL,
        ),
        need(
            Discover,
            "autoscaling:DescribeAutoScalingGroups",
            On::Anything,
            EXECUTIONS_FAIL,
        ),
        need(
            Discover,
            "autoscaling:DescribePolicies",
            On::Anything,
            EXECUTIONS_FAIL,
        ),
        need(
            Discover,
            "ec2:DescribeLaunchTemplateVersions",
            On::Anything,
            "executions for groups with a launch template fail",
        ),
        need(
            Discover,
            "autoscaling:DescribeLaunchConfigurations",
            On::Anything,
            "executions for groups with a launch configuration fail",
        ),
        need(
            Discover,
            "ec2:DescribeSubnets",
            On::Anything,
            "executions for groups with subnets fail",
        ),
        need(
            Discover,
            "sqs:GetQueueAttributes",
            On::Queue,
            "the jobs in the queue cannot be counted",
        ),
        need(
            Discover,
            "states:ListExecutions",
            On::StateMachine,
            "it cannot see which execution leads",
        ),
        need(
            Discover,
            "states:DescribeExecution",
            On::Executions,
            "it cannot see which execution leads",
        ),
        need(
            Evaluate,
            "ec2:DescribeSpotPriceHistory",
            On::Anything,
            ON_DEMAND,
        ),
        need(
            Evaluate,
            "autoscaling:DescribeScalingActivities",
            On::Anything,
            "with LaunchFailureWindowSeconds above 0 it cannot decide for spot, and on-demand is chosen",
        ),
        minor(
            Evaluate,
            "ec2:GetSpotPlacementScores",
            On::Anything,
            "no placement score is known, so that MinimumPlacementScore leaves no pool out",
        ),
        minor(
            Evaluate,
            "pricing:GetProducts",
            On::Anything,
            "on-demand prices come from the table that travels with the function",
        ),
        minor(Evaluate, "events:PutEvents", On::EventBus, BY_THE_MACHINE),
        need(
            Scale,
            "autoscaling:ExecutePolicy",
            On::Groups,
            EXECUTIONS_FAIL,
        ),
        need(
            Scale,
            "autoscaling:DescribeAutoScalingGroups",
            On::Anything,
            EXECUTIONS_FAIL,
        ),
        need(
            Scale,
            "autoscaling:DescribeScalingActivities",
            On::Anything,
            EXECUTIONS_FAIL,
        ),
        need(
            Scale,
            "autoscaling:SetDesiredCapacity",
            On::Groups,
            "a spot group that brings nothing cannot be stood down",
        ),
        minor(
            Scale,
            "autoscaling:DetachInstances",
            On::Groups,
            "an instance that EC2 takes back stays in its group until it is gone",
        ),
        minor(
            Scale,
            "autoscaling:LaunchInstances",
            On::LaunchGroups,
            BY_DESIRED_CAPACITY,
        ),
        minor(
            Scale,
            "ec2:DescribeLaunchTemplateVersions",
            On::Launches,
            BY_DESIRED_CAPACITY,
        ),
        minor(
            Scale,
            "ec2:DescribeInstances",
            On::Launches,
            "a launch that was interrupted cannot be gone on with",
        ),
        minor(
            Scale,
            "ec2:CreateFleet",
            On::LaunchTemplates,
            BY_DESIRED_CAPACITY,
        ),
        minor(
            Scale,
            "ec2:RunInstances",
            On::LaunchTemplates,
            BY_DESIRED_CAPACITY,
        ),
        minor(
            Scale,
            "ec2:CreateTags",
            On::LaunchedInstances,
            BY_DESIRED_CAPACITY,
        ),
        minor(
            Scale,
            "iam:PassRole",
            On::InstanceRoles,
            BY_DESIRED_CAPACITY,
        ),
        need(
            Verify,
            "autoscaling:DescribeAutoScalingGroups",
            On::Anything,
            EXECUTIONS_FAIL,
        ),
        need(
            Verify,
            "autoscaling:DescribeScalingActivities",
            On::Anything,
            EXECUTIONS_FAIL,
        ),
        need(
            Verify,
            "autoscaling:DescribeAutoScalingInstances",
            On::LostCapacity,
            "executions for a rebalance recommendation fail",
        ),
        need(Verify, "states:ListExecutions", On::StateMachine, ALONE),
        need(Verify, "states:DescribeExecution", On::Executions, ALONE),
        minor(Verify, "events:PutEvents", On::EventBus, BY_THE_MACHINE),
        need(
            Schedule,
            "lambda:InvokeFunction",
            On::Start,
            "spot never takes over from on-demand again",
        ),
        minor(
            Schedule,
            "sqs:SendMessage",
            On::DeadLetterQueue,
            "a tick that cannot be delivered is lost",
        ),
        minor(
            NotificationsRule,
            "sns:Publish",
            On::NotificationsTopic,
            "nobody hears of decisions and outcomes by the notifications topic",
        ),
    ]
};

/// The need that a right is about.
pub(super) fn of(holder: Holder, action: &str) -> Option<&'static Need> {
    NEEDS
        .iter()
        .find(|need| need.holder == holder && need.action == action)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The holders as the page names them.
    fn holder(cell: &str) -> Option<Holder> {
        Some(match cell {
            "*start*" => Holder::Start,
            "*discover*" => Holder::Discover,
            "*evaluate*" => Holder::Evaluate,
            scale if scale.starts_with("*scale*") => Holder::Scale,
            "*verify*" => Holder::Verify,
            "state machine" => Holder::StateMachine,
            "schedule" => Holder::Schedule,
            "rule of the notifications" => Holder::NotificationsRule,
            _ => return None,
        })
    }

    /// The page is compared with the template's roles by a test of its own.
    #[test]
    fn every_action_of_every_role_is_needed_and_no_other() {
        let page = include_str!("../../../../docs/reference/permissions.md");
        let table = page.split("## ").next().unwrap();
        let (mut of, mut listed) = (None, BTreeSet::new());
        for row in table.lines().filter(|line| line.starts_with('|')) {
            let cells: Vec<_> = row.split('|').map(str::trim).collect();
            if !cells[1].is_empty() {
                of = holder(cells[1]);
            }
            let actions = cells[2].split('`').filter(|text| text.contains(':'));
            for (holder, action) in actions.filter_map(|action| Some((of?, action))) {
                listed.insert((format!("{holder:?}"), action));
            }
        }
        let needed: BTreeSet<_> = NEEDS
            .iter()
            .map(|need| (format!("{:?}", need.holder), need.action))
            .collect();
        assert_eq!(needed, listed);
    }
}
