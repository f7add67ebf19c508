//! The subscription: the topic passes each message of an alarm on to *start*.

use serde_json::{Value, json};

use super::link::Examined;
use super::{Chain, LinkName, NotRead, Read, Subscription, SubscriptionSettings, command};
use crate::{Finding, Rule, Snapshot};

const LINK: LinkName = LinkName::Subscription;

pub(super) fn examine(_: &Snapshot, chain: &Chain) -> Examined {
    let subject = &chain.topic_arn;
    match &chain.subscriptions {
        Read::NotRead(why) => return Examined::not_checked(LINK, subject, why),
        Read::Missing => {
            let why = NotRead::because("the topic does not exist");
            return Examined::not_checked(LINK, subject, &why);
        }
        Read::Found(_) => {}
    }
    let Some(subscription) = chain.subscription() else {
        return missing(chain);
    };
    let Some(arn) = subscription.arn.as_deref() else {
        return pending(chain, subscription);
    };
    let settings = match &subscription.settings {
        Read::Found(settings) => settings,
        Read::Missing => return missing(chain),
        Read::NotRead(why) => return Examined::not_checked(LINK, arn, why),
    };
    if settings.is_pending {
        return pending(chain, subscription);
    }
    let examined = match filter(settings) {
        Filter::Passes => Examined::ok(
            LINK,
            arn,
            format!("passes messages to {}", chain.function_name()),
        ),
        Filter::Drops(key) => {
            let detail = format!("its filter policy drops alarms, which have no attribute {key}");
            Examined::broken(LINK, arn, &detail).with(Finding::new(
                Rule::SubscriptionFilters,
                arn,
                format!("Its filter policy wants the attribute {key}; an alarm's message has no attributes, and is dropped."),
                command::set_subscription(arn, "FilterPolicy", "{}"),
            ))
        }
        Filter::Unknown(what) => {
            let why = NotRead::because(format!("{what}, which doctor does not evaluate"));
            Examined::not_checked(LINK, arn, &why)
        }
    };
    if settings.has_dead_letters {
        return examined;
    }
    let queue = chain
        .dead_letter_queue_arn
        .as_deref()
        .unwrap_or("QUEUE_ARN");
    let redrive = json!({"deadLetterTargetArn": queue}).to_string();
    examined.with(Finding::new(
        Rule::SubscriptionWithoutDeadLetters,
        arn,
        "It has no redrive policy: a message that cannot be delivered to start is lost without a trace.",
        command::set_subscription(arn, "RedrivePolicy", &redrive),
    ))
}

fn missing(chain: &Chain) -> Examined {
    let (topic, function) = (&chain.topic_arn, &chain.function_arn);
    let detail = format!("nothing of the topic goes to {}", chain.function_name());
    Examined::broken(LINK, topic, detail).with(Finding::new(
        Rule::SubscriptionMissing,
        topic,
        format!("The function {function} is not subscribed to it."),
        format!(
            "aws sns subscribe --topic-arn {topic} --protocol lambda --notification-endpoint {function}"
        ),
    ))
}

fn pending(chain: &Chain, subscription: &Subscription) -> Examined {
    let (topic, endpoint) = (&chain.topic_arn, &subscription.endpoint);
    Examined::broken(LINK, topic, "is not confirmed").with(Finding::new(
        Rule::SubscriptionNotConfirmed,
        topic,
        format!("The subscription of {endpoint} is not confirmed."),
        format!(
            "aws sns subscribe --topic-arn {topic} --protocol lambda --notification-endpoint {endpoint} # in the function's own account"
        ),
    ))
}

/// What a filter policy does to an alarm's message.
#[derive(Debug, PartialEq, Eq)]
enum Filter {
    Passes,
    /// The message has not this attribute.
    Drops(String),
    Unknown(&'static str),
}

/// An alarm's message has no attributes, so each that the policy names must be one that may be
/// missing.
/// See <https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html>.
fn filter(settings: &SubscriptionSettings) -> Filter {
    let Some(text) = &settings.filter_policy else {
        return Filter::Passes;
    };
    let Ok(Value::Object(attributes)) = serde_json::from_str(text) else {
        return Filter::Unknown("its filter policy is no JSON object");
    };
    if attributes.is_empty() {
        return Filter::Passes;
    }
    if settings.filters_body {
        return Filter::Unknown("it has a filter policy for the message's body");
    }
    if attributes.contains_key("$or") {
        return Filter::Unknown("its filter policy has $or");
    }
    let may_be_missing = |rules: &Value| {
        let rules = rules.as_array();
        rules.is_some_and(|rules| rules.contains(&json!({"exists": false})))
    };
    let wanted = attributes.iter().find(|(_, rules)| !may_be_missing(rules));
    wanted.map_or(Filter::Passes, |(key, _)| Filter::Drops(key.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LinkState, chain::link::expect, testing::snapshot};

    fn with(change: impl FnOnce(&mut Vec<Subscription>)) -> Examined {
        let mut snapshot = snapshot();
        let chain = snapshot.chain.as_mut().unwrap();
        if let Read::Found(subscriptions) = &mut chain.subscriptions {
            change(subscriptions);
        }
        examine(&snapshot, snapshot.chain.as_ref().unwrap())
    }

    fn set(change: impl FnOnce(&mut SubscriptionSettings)) -> Examined {
        with(|subscriptions| {
            if let Read::Found(settings) = &mut subscriptions[0].settings {
                change(settings);
            }
        })
    }

    #[test]
    fn the_function_an_alias_or_a_version_is_subscribed() {
        expect(&with(|_| {}), LinkState::Ok, &[]);
        let alias = with(|all| all[0].endpoint.push_str(":live"));
        expect(&alias, LinkState::Ok, &[]);
        let another = with(|all| all[0].endpoint.push_str("-old"));
        expect(&another, LinkState::Broken, &[Rule::SubscriptionMissing]);
        let none = with(Vec::clear);
        expect(&none, LinkState::Broken, &[Rule::SubscriptionMissing]);
        let gone = with(|all| all[0].settings = Read::Missing);
        expect(&gone, LinkState::Broken, &[Rule::SubscriptionMissing]);
    }

    #[test]
    fn one_that_is_not_confirmed_passes_nothing() {
        let rules = [Rule::SubscriptionNotConfirmed];
        expect(&with(|all| all[0].arn = None), LinkState::Broken, &rules);
        let pending = set(|settings| settings.is_pending = true);
        expect(&pending, LinkState::Broken, &rules);
    }

    #[test]
    fn a_filter_drops_what_has_no_attributes() {
        for (policy, state, rules) in [
            ("{}", LinkState::Ok, &[][..]),
            (r#"{"a": [{"exists": false}]}"#, LinkState::Ok, &[]),
            (
                r#"{"a": [{"exists": false}], "b": ["x"]}"#,
                LinkState::Broken,
                &[Rule::SubscriptionFilters],
            ),
            (r#"{"$or": [{"a": ["x"]}]}"#, LinkState::NotChecked, &[]),
            ("[", LinkState::NotChecked, &[]),
        ] {
            let examined = set(|settings| settings.filter_policy = Some(policy.into()));
            expect(&examined, state, rules);
        }
        let of_the_body = set(|settings| {
            settings.filter_policy = Some(r#"{"NewStateValue": ["ALARM"]}"#.into());
            settings.filters_body = true;
        });
        expect(&of_the_body, LinkState::NotChecked, &[]);
    }

    #[test]
    fn without_a_redrive_policy_it_works_and_loses_what_is_refused() {
        let examined = set(|settings| settings.has_dead_letters = false);
        expect(
            &examined,
            LinkState::Ok,
            &[Rule::SubscriptionWithoutDeadLetters],
        );
        let fix = &examined.findings[0].fix;
        assert!(
            fix.contains(r#"{"deadLetterTargetArn":"arn:aws:sqs:"#),
            "{fix}"
        );
    }
}
