//! The permission: the function's policy lets the topic invoke it.

use super::{Chain, LinkName, NotRead, Read, command, link::Examined};
use crate::{
    Finding, Rule, Snapshot,
    policy::{Obstacle, PolicyDocument, ServiceCall, Verdict},
};

const LINK: LinkName = LinkName::Permission;
const SNS: &str = "sns.amazonaws.com";

pub(super) fn examine(_: &Snapshot, chain: &Chain) -> Examined {
    // Whoever subscribes an alias must let the topic invoke the alias.
    let endpoint = chain
        .subscription()
        .map_or(chain.function_arn.as_str(), |one| one.endpoint.as_str());
    let policy = match &chain.function_policy {
        Read::NotRead(why) => return Examined::not_checked(LINK, endpoint, why),
        Read::Missing if chain.function == Read::Missing => {
            let why = NotRead::because("the function does not exist");
            return Examined::not_checked(LINK, endpoint, &why);
        }
        Read::Missing => "{}",
        Read::Found(policy) => policy,
    };
    let policy = match PolicyDocument::read(policy) {
        Ok(policy) => policy,
        Err(error) => {
            let why = NotRead::because(format!("its policy cannot be read: {error}"));
            return Examined::not_checked(LINK, endpoint, &why);
        }
    };
    // SNS sends Lambda the topic, and no account.
    // https://docs.aws.amazon.com/lambda/latest/dg/with-sns-example.html
    let call = ServiceCall {
        service: SNS,
        action: "lambda:InvokeFunction",
        resource: endpoint,
        sent: &[
            ("aws:sourcearn", Some(&chain.topic_arn)),
            ("aws:sourceaccount", None),
        ],
    };
    match call.judged_by(&policy) {
        Verdict::Allowed => Examined::ok(LINK, endpoint, "lets the topic invoke it"),
        Verdict::Unknown { what } => {
            let why = format!("the policy has {what} that doctor does not evaluate");
            Examined::not_checked(LINK, endpoint, &NotRead::because(why))
        }
        Verdict::Denied { sid } => {
            let why = match sid {
                Some(sid) => format!("its statement {sid} denies it"),
                None => "one of its statements denies it".to_owned(),
            };
            let fix =
                "Remove that statement from the function's policy: aws lambda remove-permission.";
            refused(chain, endpoint, &why, fix.to_owned())
        }
        Verdict::NotAllowed { obstacles } => not_allowed(chain, endpoint, &obstacles),
    }
}

fn not_allowed(chain: &Chain, endpoint: &str, obstacles: &[Obstacle]) -> Examined {
    let account = obstacles
        .iter()
        .find(|one| one.is_about("aws:SourceAccount"));
    let (why, instead_of) = match (account, obstacles.first()) {
        (Some(account), _) => (
            format!("{account}: SNS sends Lambda no account, so that it never applies"),
            account.sid.as_deref(),
        ),
        (None, Some(first)) => (first.to_string(), None),
        (None, None) => ("none of its statements is about SNS".to_owned(), None),
    };
    let fix = command::allow_topic(endpoint, &chain.topic_arn, instead_of);
    refused(chain, endpoint, &why, fix)
}

fn refused(chain: &Chain, endpoint: &str, why: &str, fix: String) -> Examined {
    let topic = &chain.topic_arn;
    Examined::broken(
        LINK,
        endpoint,
        format!("does not let the topic invoke it: {why}"),
    )
    .with(Finding::new(
        Rule::TopicMayNotInvoke,
        endpoint,
        format!("Its policy does not let {SNS} invoke it for {topic}: {why}."),
        fix,
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        LinkState,
        testing::{FUNCTION, TOPIC, snapshot},
    };

    fn under(condition: &Value) -> Examined {
        let statement = json!({
            "Sid": "sm-startPermission-1", "Effect": "Allow", "Principal": {"Service": SNS},
            "Action": "lambda:InvokeFunction", "Resource": FUNCTION, "Condition": condition,
        });
        of(&json!({"Statement": [statement]}).to_string())
    }

    fn of(policy: &str) -> Examined {
        let mut snapshot = snapshot();
        snapshot.chain.as_mut().unwrap().function_policy = Read::Found(policy.into());
        examine(&snapshot, snapshot.chain.as_ref().unwrap())
    }

    #[test]
    fn the_topic_s_arn_is_all_that_a_permission_may_want() {
        let examined = under(&json!({"ArnLike": {"AWS:SourceArn": TOPIC}}));
        assert_eq!(examined.link.state, LinkState::Ok, "{examined:?}");
    }

    #[test]
    fn a_permission_that_wants_the_account_never_applies() {
        let examined = under(&json!({
            "StringEquals": {"AWS:SourceAccount": "111122223333"},
            "ArnLike": {"AWS:SourceArn": TOPIC},
        }));
        assert_eq!(examined.link.state, LinkState::Broken);
        let finding = &examined.findings[0];
        assert_eq!(finding.rule, Rule::TopicMayNotInvoke);
        assert!(finding.problem.contains("AWS:SourceAccount"), "{finding:?}");
        let removed = "remove-permission --function-name arn:aws:lambda:eu-west-1:111122223333:function:sm-start --statement-id 'sm-startPermission-1' && ";
        assert!(finding.fix.contains(removed), "{finding:?}");
    }

    #[test]
    fn no_statement_a_topic_s_other_name_and_a_denial_break_it() {
        let other = "arn:aws:sns:eu-west-1:111122223333:other";
        let deny = json!({"Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "lambda:*", "Resource": "*"},
            {"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "lambda:*", "Resource": "*"},
        ]});
        for (examined, why) in [
            (of("{}"), "none of its statements"),
            (under(&json!({"ArnLike": {"AWS:SourceArn": other}})), other),
            (of(&deny.to_string()), "its statement No denies it"),
        ] {
            assert_eq!(examined.link.state, LinkState::Broken);
            let problem = &examined.findings[0].problem;
            assert!(problem.contains(why), "{why} in {problem}");
        }
    }

    #[test]
    fn without_a_function_or_with_what_is_not_evaluated_it_is_not_checked() {
        let mut snapshot = snapshot();
        let chain = snapshot.chain.as_mut().unwrap();
        chain.function = Read::Missing;
        chain.function_policy = Read::Missing;
        let examined = examine(&snapshot, snapshot.chain.as_ref().unwrap());
        assert_eq!(examined.link.state, LinkState::NotChecked);
        let org = under(&json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}));
        assert_eq!(org.link.state, LinkState::NotChecked);
        assert!(org.link.detail.contains("aws:PrincipalOrgID"), "{org:?}");
    }
}
