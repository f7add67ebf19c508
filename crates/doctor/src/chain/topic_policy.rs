//! The topic's policy: it lets the alarm for jobs publish.
//! See <https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html>.

use serde_json::json;

use super::{Chain, LinkName, NotRead, Read, command, link::Examined};
use crate::{
    Finding, Part, Rule, Snapshot,
    policy::{Obstacle, PolicyDocument, ServiceCall, Verdict},
    rules::topics::jobs_alarms,
    topic_arn::account_of,
};

const LINK: LinkName = LinkName::TopicPolicy;
const CLOUDWATCH: &str = "cloudwatch.amazonaws.com";

pub(super) fn examine(snapshot: &Snapshot, chain: &Chain) -> Examined {
    let arn = &chain.topic_arn;
    let topic = match &chain.topic {
        Read::Found(topic) => topic,
        Read::Missing => {
            let why = NotRead::because("the topic does not exist");
            return Examined::not_checked(LINK, arn, &why);
        }
        Read::NotRead(why) => return Examined::not_checked(LINK, arn, why),
    };
    if let Some(why) = snapshot.unread(&[Part::Alarms]) {
        return Examined::not_checked(LINK, arn, why);
    }
    let alarms: Vec<_> = jobs_alarms(snapshot)
        .filter(|alarm| alarm.topics().any(|told| told == arn))
        .map(|alarm| alarm.arn.clone())
        .collect();
    if alarms.is_empty() {
        let why = NotRead::because("no alarm acts on the topic, so there is none to check it for");
        return Examined::not_checked(LINK, arn, &why);
    }
    let policy = match PolicyDocument::read(&topic.policy) {
        Ok(policy) => policy,
        Err(error) => {
            let why = NotRead::because(format!("its policy cannot be read: {error}"));
            return Examined::not_checked(LINK, arn, &why);
        }
    };
    let verdicts = alarms
        .iter()
        .map(|alarm| (alarm, verdict(&policy, arn, alarm)));
    let refused = verdicts
        .into_iter()
        .find(|(_, verdict)| *verdict != Verdict::Allowed);
    match refused {
        None => Examined::ok(
            LINK,
            arn,
            format!("lets {CLOUDWATCH} publish for the alarm"),
        ),
        Some((_, Verdict::Unknown { what })) => {
            let why = format!("the policy has {what} that doctor does not evaluate");
            Examined::not_checked(LINK, arn, &NotRead::because(why))
        }
        Some((alarm, verdict)) => refusal(arn, alarm, &verdict),
    }
}

fn verdict(policy: &PolicyDocument, topic_arn: &str, alarm_arn: &str) -> Verdict {
    let account = Some(account_of(alarm_arn));
    let call = ServiceCall {
        service: CLOUDWATCH,
        action: "sns:Publish",
        resource: topic_arn,
        // The policy that a topic has at first goes by the owner.
        sent: &[
            ("aws:sourcearn", Some(alarm_arn)),
            ("aws:sourceaccount", account),
            ("aws:sourceowner", account),
        ],
    };
    call.judged_by(policy)
}

fn refusal(topic_arn: &str, alarm_arn: &str, verdict: &Verdict) -> Examined {
    let why = match verdict {
        Verdict::Denied { sid } => match sid {
            Some(sid) => format!("its statement {sid} denies it"),
            None => "one of its statements denies it".to_owned(),
        },
        Verdict::NotAllowed { obstacles } if !obstacles.is_empty() => {
            let all: Vec<_> = obstacles.iter().map(Obstacle::to_string).collect();
            all.join("; ")
        }
        _ => "none of its statements allows it".to_owned(),
    };
    let detail = format!("does not let {CLOUDWATCH} publish: {why}");
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "AlarmsOfThisAccountAndRegion",
            "Effect": "Allow",
            "Principal": {"Service": CLOUDWATCH},
            "Action": "sns:Publish",
            "Resource": topic_arn,
            "Condition": {"StringEquals": {"aws:SourceAccount": account_of(alarm_arn)}},
        }],
    });
    Examined::broken(LINK, topic_arn, detail).with(Finding::new(
        Rule::AlarmMayNotPublish,
        topic_arn,
        format!("Its policy does not let {CLOUDWATCH} publish for {alarm_arn}: {why}."),
        format!(
            "{} # in place of every statement that the policy has",
            command::set_topic(topic_arn, "Policy", &policy.to_string())
        ),
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::{LinkState, testing::snapshot};

    fn under(policy: &Value) -> Examined {
        let mut snapshot = snapshot();
        if let Some(Read::Found(topic)) = snapshot.chain.as_mut().map(|chain| &mut chain.topic) {
            topic.policy = policy.to_string();
        }
        examine(&snapshot, snapshot.chain.as_ref().unwrap())
    }

    fn allowed_under(condition: &Value) -> Value {
        json!({
            "Effect": "Allow", "Principal": {"Service": CLOUDWATCH}, "Action": "sns:Publish",
            "Resource": "*", "Condition": condition,
        })
    }

    #[test]
    fn the_template_s_policy_and_the_first_one_of_a_topic_let_alarms_publish() {
        let of_the_template = json!({"Statement": [
            allowed_under(&json!({
                "StringEquals": {"aws:SourceAccount": "111122223333"},
                "ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:*"},
            })),
            {
                "Sid": "NobodyElse", "Effect": "Deny", "Principal": "*", "Action": "sns:Publish",
                "Resource": "*", "Condition": {
                    "Bool": {"aws:PrincipalIsAWSService": "false"},
                    "ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/sm"},
                },
            },
            {
                "Sid": "NothingWithoutTls", "Effect": "Deny", "Principal": "*",
                "Action": "sns:Publish", "Resource": "*",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ]});
        let first = json!({"Statement": [{
            "Effect": "Allow", "Principal": {"AWS": "*"},
            "Action": ["SNS:Publish", "SNS:Subscribe"], "Resource": crate::testing::TOPIC,
            "Condition": {"StringEquals": {"AWS:SourceOwner": "111122223333"}},
        }]});
        for policy in [of_the_template, first] {
            let examined = under(&policy);
            assert_eq!(examined.link.state, LinkState::Ok, "{examined:?}");
        }
    }

    #[test]
    fn what_keeps_an_alarm_from_publishing_is_named() {
        let other_account = json!({"StringEquals": {"aws:SourceAccount": "444455556666"}});
        let deny = json!({
            "Sid": "Nobody", "Effect": "Deny", "Principal": "*", "Action": "sns:*", "Resource": "*",
        });
        for (statements, why) in [
            (json!([]), "none of its statements"),
            (
                json!([allowed_under(&other_account)]),
                "StringEquals aws:SourceAccount wants 444455556666",
            ),
            (
                json!([allowed_under(&json!({})), deny]),
                "statement Nobody denies",
            ),
        ] {
            let examined = under(&json!({"Statement": statements}));
            assert_eq!(examined.link.state, LinkState::Broken);
            let [finding] = &examined.findings[..] else {
                panic!("not one finding: {examined:?}");
            };
            assert_eq!(finding.rule, Rule::AlarmMayNotPublish);
            assert!(
                finding.problem.contains(why),
                "{why} in {}",
                finding.problem
            );
        }
    }

    #[test]
    fn what_is_not_evaluated_or_not_there_is_not_checked() {
        let org = json!({"StringEquals": {"aws:SourceOrgID": "o-1"}});
        let examined = under(&json!({"Statement": allowed_under(&org)}));
        assert_eq!(examined.link.state, LinkState::NotChecked);
        let expected = "the policy has a condition aws:SourceOrgID that doctor does not evaluate";
        assert_eq!(examined.link.detail, expected);
        assert_eq!(under(&json!("no policy")).link.state, LinkState::NotChecked);
        let mut snapshot = snapshot();
        snapshot.alarms.clear();
        let examined = examine(&snapshot, snapshot.chain.as_ref().unwrap());
        assert_eq!(examined.link.state, LinkState::NotChecked);
    }
}
