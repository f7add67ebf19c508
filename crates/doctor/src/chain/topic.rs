//! The topic: it exists, and an alarm can publish to it under its key.

use super::{Chain, LinkName, NotRead, Read, command, link::Examined};
use crate::{Finding, Rule, Snapshot};

const LINK: LinkName = LinkName::Topic;
/// The key that AWS manages for SNS. Its policy lets no service publish, and nobody can change it.
/// See <https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html>.
const KEY_OF_AWS: &str = "alias/aws/sns";

pub(super) fn examine(snapshot: &Snapshot, chain: &Chain) -> Examined {
    let arn = &chain.topic_arn;
    let topic = match &chain.topic {
        Read::Found(topic) => topic,
        Read::Missing => return gone(snapshot, chain),
        Read::NotRead(why) => return Examined::not_checked(LINK, arn, why),
    };
    match topic.kms_key.as_deref() {
        None => Examined::ok(LINK, arn, "exists, without a key of KMS"),
        Some(key) if key.ends_with(KEY_OF_AWS) => {
            let detail =
                format!("is encrypted with {KEY_OF_AWS}, under which no alarm can publish");
            Examined::broken(LINK, arn, detail).with(Finding::new(
                Rule::TopicKeyOfAws,
                arn,
                format!("It is encrypted with {KEY_OF_AWS}, whose policy lets no alarm publish; its messages are lost."),
                format!(
                    "{} # encrypt with a key of your own by SpotManager's parameter KmsKeyArn",
                    command::set_topic(arn, "KmsMasterKeyId", "")
                ),
            ))
        }
        Some(key) => {
            let why = format!(
                "exists; whether its key {key} lets cloudwatch.amazonaws.com encrypt is not read"
            );
            Examined::not_checked(LINK, arn, &NotRead::because(why))
        }
    }
}

fn gone(snapshot: &Snapshot, chain: &Chain) -> Examined {
    let arn = &chain.topic_arn;
    let own = snapshot.spotmanager.found();
    let own = own.and_then(|deployment| deployment.jobs_topic_arn.as_deref());
    let fix = match own {
        Some(own) if own != arn => {
            format!("Name SpotManager's output JobsTopicArn among the alarm's actions: {own}")
        }
        _ => command::deploy_anew(snapshot),
    };
    Examined::broken(LINK, arn, "does not exist").with(Finding::new(
        Rule::TopicGone,
        arn,
        "This topic does not exist, so that no alarm can start an execution by it.",
        fix,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LinkState, testing::snapshot};

    fn with_key(key: Option<&str>) -> Examined {
        let mut snapshot = snapshot();
        if let Some(Read::Found(topic)) = snapshot.chain.as_mut().map(|chain| &mut chain.topic) {
            topic.kms_key = key.map(str::to_owned);
        }
        examine(&snapshot, snapshot.chain.as_ref().unwrap())
    }

    #[test]
    fn a_key_of_aws_breaks_it_and_one_of_one_s_own_is_not_read() {
        assert_eq!(with_key(None).link.state, LinkState::Ok);
        for key in [
            "alias/aws/sns",
            "arn:aws:kms:eu-west-1:111122223333:alias/aws/sns",
        ] {
            let of_aws = with_key(Some(key));
            assert_eq!(of_aws.link.state, LinkState::Broken);
            assert_eq!(of_aws.findings[0].rule, Rule::TopicKeyOfAws);
            assert!(of_aws.findings[0].fix.contains("--attribute-value ''"));
        }
        let own = with_key(Some("arn:aws:kms:eu-west-1:111122223333:key/1"));
        assert_eq!(own.link.state, LinkState::NotChecked);
        assert!(own.link.detail.contains("key/1"), "{own:?}");
        assert!(own.findings.is_empty());
    }

    #[test]
    fn a_topic_that_is_gone_breaks_it() {
        let mut snapshot = snapshot();
        snapshot.chain.as_mut().unwrap().topic = Read::Missing;
        let gone = |snapshot: &Snapshot| {
            let examined = examine(snapshot, snapshot.chain.as_ref().unwrap());
            assert_eq!(examined.link.state, LinkState::Broken);
            assert_eq!(examined.findings[0].rule, Rule::TopicGone);
            examined.findings[0].fix.clone()
        };
        assert!(gone(&snapshot).contains("delete-stack --stack-name sm"));
        snapshot.chain.as_mut().unwrap().topic_arn.push_str("-old");
        assert!(gone(&snapshot).contains("JobsTopicArn"));
    }
}
