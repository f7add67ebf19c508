//! The e-mail for operations: its address is subscribed and confirmed.

use super::{Chain, LinkName, Read, link::Examined};
use crate::{Finding, Rule, Snapshot};

const LINK: LinkName = LinkName::Email;

/// See <https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html>.
pub(super) fn examine(snapshot: &Snapshot, chain: &Chain) -> Examined {
    let operation = &chain.operation;
    let address = operation.operations_email.as_str();
    if address.is_empty() {
        let detail = "is not wanted: OperationsEmail is empty";
        return Examined::ok(LINK, snapshot.spotmanager.name(), detail);
    }
    let topic = operation.operations_topic_arn.as_str();
    let emails = match &operation.emails {
        Read::Found(emails) => emails,
        Read::NotRead(why) => return Examined::not_checked(LINK, address, why),
        Read::Missing => {
            let fix = super::command::deploy_anew(snapshot);
            let detail = "is not told: the operations topic does not exist";
            return warned(Rule::EmailNotSubscribed, address, detail, fix);
        }
    };
    let subscribe = format!(
        "aws sns subscribe --topic-arn {topic} --protocol email --notification-endpoint {address}"
    );
    // SNS compares addresses as they were given.
    let Some(email) = emails.iter().find(|email| email.address == address) else {
        let fix = format!("{subscribe} # then follow the link in the message that SNS sends");
        return warned(Rule::EmailNotSubscribed, address, "is not subscribed", fix);
    };
    match &email.is_confirmed {
        Read::Found(true) => Examined::ok(LINK, address, "is subscribed and confirmed"),
        Read::NotRead(why) => Examined::not_checked(LINK, address, why),
        Read::Found(false) | Read::Missing => warned(
            Rule::EmailNotConfirmed,
            address,
            "has not confirmed the subscription",
            format!(
                "Follow the link in the message of AWS Notifications; this sends it again: {subscribe}"
            ),
        ),
    }
}

fn warned(rule: Rule, address: &str, detail: &str, fix: String) -> Examined {
    let problem =
        format!("The address {address} {detail}, so that nobody hears of executions that fail.");
    let finding = Finding::new(rule, address, problem, fix);
    Examined::warning(LINK, address, detail).with(finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Email, LinkState, NotRead, testing::snapshot};

    fn with(address: &str, emails: Read<Vec<Email>>) -> Examined {
        let mut snapshot = snapshot();
        let operation = &mut snapshot.chain.as_mut().unwrap().operation;
        operation.operations_email = address.into();
        operation.emails = emails;
        examine(&snapshot, snapshot.chain.as_ref().unwrap())
    }

    #[test]
    fn an_address_is_subscribed_and_confirmed_or_somebody_is_told() {
        let email = |is_confirmed| {
            Read::Found(vec![Email {
                address: "ops@example.com".into(),
                is_confirmed,
            }])
        };
        let refused = || Read::NotRead(NotRead::because("refused"));
        for (address, emails, state, rule) in [
            ("", Read::Found(vec![]), LinkState::Ok, None),
            (
                "ops@example.com",
                email(Read::Found(true)),
                LinkState::Ok,
                None,
            ),
            (
                "ops@example.com",
                email(Read::Found(false)),
                LinkState::Warning,
                Some(Rule::EmailNotConfirmed),
            ),
            (
                "other@example.com",
                email(Read::Found(true)),
                LinkState::Warning,
                Some(Rule::EmailNotSubscribed),
            ),
            (
                "ops@example.com",
                Read::Missing,
                LinkState::Warning,
                Some(Rule::EmailNotSubscribed),
            ),
            (
                "ops@example.com",
                Read::NotRead(NotRead::because("no")),
                LinkState::NotChecked,
                None,
            ),
            (
                "ops@example.com",
                email(refused()),
                LinkState::NotChecked,
                None,
            ),
        ] {
            let examined = with(address, emails);
            assert_eq!(examined.link.state, state, "{examined:?}");
            assert_eq!(examined.findings.first().map(|found| found.rule), rule);
        }
    }
}
