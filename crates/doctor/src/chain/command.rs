//! Commands that a fix consists of, to be pasted into a shell.

use crate::Snapshot;

/// A text as one word of a shell.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Makes again what was deleted of a deployment: CloudFormation does not notice by itself.
/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html>.
pub(crate) fn deploy_anew(snapshot: &Snapshot) -> String {
    let stack = snapshot.spotmanager.found();
    let stack = stack.map_or("SPOTMANAGER_STACK", |deployment| &deployment.stack_name);
    format!(
        "Delete the stack and deploy it anew, for an update does not make again what was deleted. It also deletes the dead-letter queue with its messages, and every subscription to the topics. 1. Replay the messages: spotmanager replay --spotmanager-stack {stack}. 2. Keep the parameters, without those that deploy sets itself: aws cloudformation describe-stacks --stack-name {stack} --query 'Stacks[0].Parameters[?!starts_with(ParameterKey,`Artifact`) && ParameterKey!=`Architecture`]' --output json > {stack}-parameters.json. 3. aws cloudformation delete-stack --stack-name {stack} && aws cloudformation wait stack-delete-complete --stack-name {stack}. 4. spotmanager deploy --spotmanager-stack {stack} --parameters {stack}-parameters.json --s3-bucket BUCKET. 5. Subscribe again whoever was subscribed, and confirm the e-mail for operations."
    )
}

/// Lets a topic invoke a function, in place of the statement of this id if there is one.
/// No account: SNS sends none to Lambda, which would then deny the call.
/// See <https://docs.aws.amazon.com/lambda/latest/dg/with-sns-example.html>.
pub(crate) fn allow_topic(endpoint: &str, topic_arn: &str, instead_of: Option<&str>) -> String {
    let id = instead_of.unwrap_or("jobs-topic");
    let remove = instead_of.map(|id| {
        let id = quoted(id);
        format!("aws lambda remove-permission --function-name {endpoint} --statement-id {id} && ")
    });
    format!(
        "{}aws lambda add-permission --function-name {endpoint} --statement-id {} --action lambda:InvokeFunction --principal sns.amazonaws.com --source-arn {topic_arn}",
        remove.unwrap_or_default(),
        quoted(id),
    )
}

/// Sets an attribute of a topic.
pub(crate) fn set_topic(topic_arn: &str, name: &str, value: &str) -> String {
    let value = quoted(value);
    format!(
        "aws sns set-topic-attributes --topic-arn {topic_arn} --attribute-name {name} --attribute-value {value}"
    )
}

/// Sets an attribute of a subscription.
pub(crate) fn set_subscription(arn: &str, name: &str, value: &str) -> String {
    let value = quoted(value);
    format!(
        "aws sns set-subscription-attributes --subscription-arn {arn} --attribute-name {name} --attribute-value {value}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_takes_a_quoted_text_as_one_word() {
        assert_eq!(quoted("{\"a\": 1}"), "'{\"a\": 1}'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }

    #[test]
    fn a_new_deployment_loses_neither_messages_nor_parameters() {
        let fix = deploy_anew(&crate::testing::snapshot());
        let mut rest = fix.as_str();
        for part in [
            "every subscription",
            "spotmanager replay --spotmanager-stack sm.",
            "ParameterKey!=`Architecture`]' --output json > sm-parameters.json",
            "delete-stack --stack-name sm",
            "--parameters sm-parameters.json",
            "Subscribe again",
        ] {
            let (_, after) = rest
                .split_once(part)
                .unwrap_or_else(|| panic!("{part} in {fix}"));
            rest = after;
        }
    }

    #[test]
    fn a_permission_is_removed_before_it_is_added_again() {
        let command = allow_topic("arn:function", "arn:topic", Some("old"));
        assert!(
            command.starts_with("aws lambda remove-permission"),
            "{command}"
        );
        assert!(
            command.contains("add-permission --function-name arn:function --statement-id 'old'")
        );
        let new = allow_topic("arn:function", "arn:topic", None);
        assert!(new.starts_with("aws lambda add-permission"), "{new}");
        assert!(!new.contains("source-account"), "{new}");
    }
}
