//! The chain from the alarm to the state machine, read link by link. A call that fails leaves its
//! link unread, and nothing else.

use std::collections::BTreeMap;

use spotmanager_aws::{
    SdkConfig,
    functions::{self, FunctionRef},
    subscriptions, topics,
};
use spotmanager_doctor::{
    Chain, NotRead, Read, Snapshot, Subscription, SubscriptionSettings, Topic, is_of, jobs_topic,
};

use super::{function::function, operation::Deployment, unread::found};

/// The protocol of a function's subscription.
const LAMBDA: &str = "lambda";

/// Reads the chain of a pair to a deployment.
pub(super) async fn chain(
    config: &SdkConfig,
    snapshot: &Snapshot,
    deployment: &Deployment,
) -> Chain {
    let own_topic = deployment.jobs_topic_arn.as_str();
    let state_machine_arn = deployment.state_machine_arn.as_str();
    let function_arn = deployment.start_arn.clone();
    let name = deployment.start_name.as_str();

    let topic_arn = jobs_topic(snapshot, own_topic);
    let sns = topics::Client::new(config);
    let lambda = functions::Client::new(config);
    let (topic, other_topics, subscriptions) = tokio::join!(
        topic(&sns, &topic_arn),
        other_topics(&sns, snapshot, &topic_arn),
        subscribed(&sns, &topic_arn, &function_arn),
    );
    let endpoint = endpoint(&subscriptions, &function_arn);
    let subscribed = FunctionRef {
        name,
        qualifier: endpoint
            .and_then(|endpoint| endpoint.strip_prefix(function_arn.as_str()))
            .and_then(|rest| rest.strip_prefix(':')),
    };
    // The alias or version that SNS invokes may have other variables and another policy.
    let function = function(&lambda, subscribed).await;
    let function_policy = found(functions::policy(&lambda, subscribed).await);
    Chain {
        topic,
        other_topics,
        subscriptions,
        function,
        function_policy,
        state_machine_arn: state_machine_arn.to_owned(),
        state_machine_status: deployment.state_machine_status.clone(),
        dead_letter_queue_arn: deployment.dead_letter_queue_arn.clone(),
        operation: deployment.operation.clone(),
        topic_arn,
        function_arn,
    }
}

async fn topic(client: &topics::Client, arn: &str) -> Read<Topic> {
    let read = topics::describe_topic(client, arn).await;
    found(read.map(|topic| {
        topic.map(|topic| Topic {
            policy: topic.policy,
            kms_key: topic.kms_key,
        })
    }))
}

/// Whether the other topics exist that the stack's own alarms name, in this account and region.
async fn other_topics(
    client: &topics::Client,
    snapshot: &Snapshot,
    topic_arn: &str,
) -> BTreeMap<String, Read<()>> {
    let prefix = topic_arn.rsplit_once(':').map_or("", |(prefix, _)| prefix);
    let is_near = |arn: &&String| arn.rsplit_once(':').is_some_and(|(of, _)| of == prefix);
    let own = snapshot
        .alarms
        .iter()
        .filter(|alarm| snapshot.is_own(alarm));
    let told = own.flat_map(|alarm| &alarm.alarm_actions);
    let mut others = BTreeMap::new();
    for arn in told.filter(is_near).filter(|arn| *arn != topic_arn) {
        if !others.contains_key(arn) {
            let read = topics::describe_topic(client, arn).await;
            others.insert(arn.clone(), found(read.map(|topic| topic.map(|_| ()))));
        }
    }
    others
}

/// The topic's subscriptions of functions, that of *start* with its settings.
async fn subscribed(
    client: &subscriptions::Client,
    topic_arn: &str,
    function_arn: &str,
) -> Read<Vec<Subscription>> {
    let listed = match found(subscriptions::of_topic(client, topic_arn).await) {
        Read::Found(listed) => listed,
        Read::Missing => return Read::Missing,
        Read::NotRead(why) => return Read::NotRead(why),
    };
    let mut all = Vec::new();
    for one in listed.into_iter().filter(|one| one.protocol == LAMBDA) {
        let settings = match &one.arn {
            Some(arn) if is_of(&one.endpoint, function_arn) => settings(client, arn).await,
            _ => Read::NotRead(NotRead::because("it is of another function")),
        };
        all.push(Subscription {
            arn: one.arn,
            endpoint: one.endpoint,
            settings,
        });
    }
    Read::Found(all)
}

async fn settings(client: &subscriptions::Client, arn: &str) -> Read<SubscriptionSettings> {
    let read = subscriptions::settings(client, arn).await;
    found(read.map(|settings| {
        settings.map(|settings| SubscriptionSettings {
            is_pending: settings.is_pending,
            filters_body: settings.filter_policy_scope.as_deref() == Some("MessageBody"),
            filter_policy: settings.filter_policy,
            has_dead_letters: settings.redrive_policy.is_some(),
        })
    }))
}

fn endpoint<'a>(subscriptions: &'a Read<Vec<Subscription>>, function_arn: &str) -> Option<&'a str> {
    let Read::Found(subscriptions) = subscriptions else {
        return None;
    };
    let endpoints = subscriptions.iter().map(|one| one.endpoint.as_str());
    endpoints
        .into_iter()
        .find(|endpoint| is_of(endpoint, function_arn))
}
