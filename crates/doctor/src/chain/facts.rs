//! The whole chain, as it was read.

use std::collections::BTreeMap;

use super::{
    operation::Operation,
    read::{Function, Read, Subscription, Topic, is_of},
};

/// The way from the alarm for jobs to the state machine, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The topic that the alarm tells, or should tell.
    pub topic_arn: String,
    /// The topic.
    pub topic: Read<Topic>,
    /// The other topics that the stack's alarms name, by their ARNs: whether they exist.
    pub other_topics: BTreeMap<String, Read<()>>,
    /// The topic's subscriptions with the protocol `lambda`.
    pub subscriptions: Read<Vec<Subscription>>,
    /// The ARN of the function *start*.
    pub function_arn: String,
    /// The function *start*.
    pub function: Read<Function>,
    /// The policy of the function, or of the alias or version that is subscribed: a JSON document.
    pub function_policy: Read<String>,
    /// The stack's output `StateMachineArn`.
    pub state_machine_arn: String,
    /// The status of that state machine.
    pub state_machine_status: Read<String>,
    /// The ARN of the dead-letter queue, if the stack has that output.
    pub dead_letter_queue_arn: Option<String>,
    /// What no alarm passes.
    pub operation: Operation,
}

impl Chain {
    /// The function's name.
    pub(crate) fn function_name(&self) -> &str {
        self.function_arn.rsplit(':').next().unwrap_or_default()
    }

    /// The subscription of *start*, if it is found.
    pub(crate) fn subscription(&self) -> Option<&Subscription> {
        let Read::Found(subscriptions) = &self.subscriptions else {
            return None;
        };
        subscriptions
            .iter()
            .find(|one| is_of(&one.endpoint, &self.function_arn))
    }
}
