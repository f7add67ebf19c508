//! What could not be checked, so that nobody takes silence for health.

use serde::Serialize;

use crate::{LinkState, NotRead, Read, Snapshot, SpotManagerStack, links};

/// Something that could not be checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotChecked {
    /// A link of the chain, a queue or a topic.
    pub what: String,
    /// Why it could not be checked.
    pub why: String,
    /// The IAM action that the caller lacks, if AWS refused the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_action: Option<String>,
    /// The pair of groups that it is about; absent if it is about the deployment, or about all pairs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pair: Option<String>,
}

/// Everything that could not be checked: the chain's links in their order, then the rest.
#[must_use]
pub fn not_checked(snapshot: &Snapshot) -> Vec<NotChecked> {
    let mut all: Vec<_> = links(snapshot)
        .into_iter()
        .filter(|link| link.state == LinkState::NotChecked)
        .map(|link| NotChecked {
            what: link.link.to_string().replace('_', " "),
            why: link.detail,
            missing_action: link.missing_action,
            pair: None,
        })
        .collect();
    all.extend(without_spotmanager(&snapshot.spotmanager));
    let unread_parts = snapshot.unread.iter();
    all.extend(unread_parts.map(|(part, why)| unread(part.label().to_owned(), why)));
    if let (Some(deployment), None) = (snapshot.spotmanager.found(), &snapshot.chain) {
        let why = NotRead::because(format!(
            "the stack {} lacks one of the outputs JobsTopicArn, StartFunctionName and StateMachineArn",
            deployment.stack_name
        ));
        all.push(unread(
            "the chain from the alarm to the state machine".into(),
            &why,
        ));
    }
    let chain = snapshot.chain.iter();
    all.extend(
        chain
            .flat_map(|chain| &chain.other_topics)
            .filter_map(|(topic, read)| Some(unread(format!("the topic {topic}"), reason(read)?))),
    );
    all.extend(
        snapshot
            .visibility_timeouts
            .iter()
            .filter_map(|(queue, read)| {
                let what = format!("the visibility timeout of the queue {queue}");
                Some(unread(what, reason(read)?))
            }),
    );
    all.extend(snapshot.groups().filter_map(|group| {
        let what = format!("the role of the instances of {}", group.read.facts.name);
        Some(unread(what, reason(&group.instance_roles)?))
    }));
    all
}

/// SpotManager itself, if nothing of it can be looked at.
pub(crate) fn without_spotmanager(stack: &SpotManagerStack) -> Option<NotChecked> {
    let (what, why) = match stack {
        SpotManagerStack::Found(_) => return None,
        SpotManagerStack::NotRead { stack_name, why } => {
            let what = format!("SpotManager's own stack {stack_name}");
            return Some(unread(what, why));
        }
        SpotManagerStack::NotAsked => (
            "SpotManager's own stack".to_owned(),
            "no --spotmanager-stack NAME is given".to_owned(),
        ),
        SpotManagerStack::Missing(name) => (
            format!("SpotManager's own stack {name}"),
            "it does not exist".to_owned(),
        ),
        SpotManagerStack::NotReady { stack_name, status } => (
            format!("SpotManager's own stack {stack_name}"),
            format!("its status is {status}"),
        ),
    };
    Some(unread(what, &NotRead::because(why)))
}

fn reason<T>(read: &Read<T>) -> Option<&NotRead> {
    read.not_read()
}

fn unread(what: String, not_read: &NotRead) -> NotChecked {
    NotChecked {
        what,
        why: not_read.why.clone(),
        missing_action: not_read.missing_action.clone(),
        pair: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Part, testing::snapshot};

    #[test]
    fn whatever_was_refused_is_listed() {
        let mut snapshot = snapshot();
        assert_eq!(not_checked(&snapshot), []);
        let refused = |action: &str| NotRead {
            missing_action: Some(action.to_owned()),
            why: "it was refused".into(),
        };
        let chain = snapshot.chain.as_mut().unwrap();
        chain.function_policy = Read::NotRead(refused("lambda:GetPolicy"));
        let other = Read::NotRead(refused("sns:GetTopicAttributes"));
        chain.other_topics.insert("arn:topic".into(), other);
        let timeout = Read::NotRead(refused("sqs:GetQueueAttributes"));
        snapshot.visibility_timeouts.insert("jobs".into(), timeout);
        let all = not_checked(&snapshot);
        let what: Vec<_> = all.iter().map(|one| one.what.as_str()).collect();
        let expected = [
            "permission",
            "the topic arn:topic",
            "the visibility timeout of the queue jobs",
        ];
        assert_eq!(what, expected);
        assert_eq!(all[0].missing_action.as_deref(), Some("lambda:GetPolicy"));
    }

    #[test]
    fn a_stack_without_its_outputs_has_no_chain_to_check() {
        let mut snapshot = snapshot();
        snapshot.chain = None;
        assert_eq!(not_checked(&snapshot).len(), 1);
        snapshot.spotmanager = SpotManagerStack::NotAsked;
        let without = not_checked(&snapshot);
        assert_eq!(without.len(), 1, "{without:?}");
        assert!(
            without[0].why.contains("--spotmanager-stack"),
            "{without:?}"
        );
    }

    #[test]
    fn a_part_that_was_refused_and_a_stack_that_is_not_there_are_listed() {
        let mut snapshot = snapshot();
        let refused = NotRead::because("cloudwatch:DescribeAlarms was refused");
        snapshot.unread.insert(Part::Prices, refused);
        snapshot.spotmanager = SpotManagerStack::Missing("sm".into());
        snapshot.chain = None;
        let what: Vec<_> = not_checked(&snapshot)
            .into_iter()
            .map(|one| one.what)
            .collect();
        assert_eq!(what, ["SpotManager's own stack sm", "spot prices"]);
    }
}
