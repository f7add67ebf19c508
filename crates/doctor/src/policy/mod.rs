//! Whether a resource's own policy lets a service of AWS make a call.
//!
//! The few shapes that topics and functions have are evaluated here, from the page of IAM. What is
//! not evaluated makes a verdict [`Verdict::Unknown`], never an allowance.
//! See <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

mod condition;
mod document;
mod matches;
mod one_or_many;
mod statement;
mod text;

pub(crate) use condition::Obstacle;
pub(crate) use document::PolicyDocument;
use matches::Matches;

/// A call that a service makes for a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServiceCall<'a> {
    /// The caller's principal, such as `sns.amazonaws.com`.
    pub(crate) service: &'a str,
    /// Such as `lambda:InvokeFunction`.
    pub(crate) action: &'a str,
    /// The ARN of what it is called for.
    pub(crate) resource: &'a str,
    /// What the service sends along, by its key in lower case; `None` for a key that it is known
    /// never to send. A key that is not here may be sent or not.
    pub(crate) sent: &'a [(&'a str, Option<&'a str>)],
}

/// What every signed call of a service over TLS has.
/// See <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.
const OF_EVERY_SERVICE: [(&str, Option<&str>); 2] = [
    ("aws:principalisawsservice", Some("true")),
    ("aws:securetransport", Some("true")),
];

/// What a policy says to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// A statement allows it, and none denies it.
    Allowed,
    /// A statement denies it.
    Denied {
        /// The statement's `Sid`, if it has one.
        sid: Option<String>,
    },
    /// No statement allows it.
    NotAllowed {
        /// What keeps the statements that are about the call from allowing it.
        obstacles: Vec<Obstacle>,
    },
    /// The policy has something that is not evaluated.
    Unknown {
        /// What that is, such as `a condition aws:SourceOrgID`.
        what: String,
    },
}

impl ServiceCall<'_> {
    /// What the policy says to the call.
    pub(crate) fn judged_by(&self, policy: &PolicyDocument) -> Verdict {
        let (mut is_allowed, mut obstacles, mut unknown) = (false, Vec::new(), Vec::new());
        for statement in policy.statements() {
            match (statement.is_deny(), statement.matches(self)) {
                (true, Matches::Yes) => {
                    return Verdict::Denied {
                        sid: statement.sid.clone(),
                    };
                }
                (false, Matches::Yes) => is_allowed = true,
                (is_deny, Matches::Unknown(what)) => unknown.push((is_deny, what)),
                (_, Matches::No) => {
                    if !statement.is_deny() {
                        obstacles.extend(statement.obstacles(self));
                    }
                }
            }
        }
        // An unknown statement matters only if it can change the verdict.
        let mut unknown = unknown
            .into_iter()
            .filter(|(is_deny, _)| *is_deny == is_allowed);
        match (is_allowed, unknown.next()) {
            (_, Some((_, what))) => Verdict::Unknown { what },
            (true, None) => Verdict::Allowed,
            (false, None) => Verdict::NotAllowed { obstacles },
        }
    }

    /// What is sent under a key: `Some(None)` for nothing for certain, `None` if it is not known.
    fn value_of(&self, key: &str) -> Option<Option<&str>> {
        let key = key.to_lowercase();
        let mut sent = self.sent.iter().chain(&OF_EVERY_SERVICE);
        let found = sent.find(|(name, _)| *name == key)?;
        Some(found.1)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:farm-jobs-to-do";
    const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:sm-start";

    fn verdict(statements: &Value) -> Verdict {
        let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        let call = ServiceCall {
            service: "sns.amazonaws.com",
            action: "lambda:InvokeFunction",
            resource: FUNCTION,
            sent: &[("aws:sourcearn", Some(TOPIC)), ("aws:sourceaccount", None)],
        };
        call.judged_by(&PolicyDocument::read(&text).unwrap())
    }

    /// A statement that allows the call, with other fields over its own.
    fn statement(over: &Value) -> Value {
        let mut statement = json!({
            "Sid": "one",
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "lambda:InvokeFunction",
            "Resource": FUNCTION,
        });
        for (field, value) in over.as_object().unwrap() {
            match value {
                Value::Null => statement.as_object_mut().unwrap().remove(field),
                value => statement
                    .as_object_mut()
                    .unwrap()
                    .insert(field.clone(), value.clone()),
            };
        }
        statement
    }

    fn with(over: &Value) -> Verdict {
        verdict(&json!([statement(over)]))
    }

    fn under(condition: &Value) -> Verdict {
        with(&json!({"Condition": condition}))
    }

    fn is_refused(verdict: &Verdict) -> bool {
        matches!(verdict, Verdict::NotAllowed { .. })
    }

    #[test]
    fn a_statement_about_the_call_allows_it() {
        for over in [
            json!({}),
            json!({"Principal": "*"}),
            json!({"Principal": {"AWS": "*"}}),
            json!({"Principal": {"Service": ["events.amazonaws.com", "sns.amazonaws.com"]}}),
            json!({"Action": ["lambda:GetFunction", "LAMBDA:invoke*"]}),
            json!({"Resource": "*"}),
            json!({"Resource": ["arn:aws:lambda:*:*:function:sm-*"]}),
            json!({"Action": null, "NotAction": "lambda:GetFunction"}),
            json!({"Resource": null, "NotResource": TOPIC}),
            json!({"Condition": {}}),
        ] {
            assert_eq!(with(&over), Verdict::Allowed, "{over}");
        }
        // One statement may stand without a list.
        assert_eq!(verdict(&statement(&json!({}))), Verdict::Allowed);
    }

    #[test]
    fn a_statement_about_something_else_does_not() {
        for over in [
            json!({"Effect": "Deny", "Action": "lambda:GetFunction"}),
            json!({"Principal": {"Service": "events.amazonaws.com"}}),
            json!({"Principal": {"AWS": "111122223333"}}),
            json!({"Principal": {"Federated": "*"}}),
            json!({"Action": "lambda:GetFunction"}),
            json!({"Resource": format!("{FUNCTION}:2")}),
            json!({"Action": null, "NotAction": "lambda:*"}),
            json!({"Resource": null, "NotResource": "*"}),
        ] {
            let obstacles = Vec::new();
            assert_eq!(with(&over), Verdict::NotAllowed { obstacles }, "{over}");
        }
        assert!(is_refused(&verdict(&json!([]))));
    }

    #[test]
    fn conditions_are_held_against_what_is_sent() {
        for condition in [
            json!({"StringEquals": {"aws:SourceArn": TOPIC}}),
            json!({"StringEquals": {"AWS:SourceArn": ["another", TOPIC]}}),
            json!({"StringNotEquals": {"aws:SourceArn": "another"}}),
            json!({"StringEqualsIgnoreCase": {"aws:SourceArn": TOPIC.to_uppercase()}}),
            json!({"StringLike": {"aws:SourceArn": "arn:aws:sns:*:farm-job?-to-do"}}),
            json!({"StringNotLike": {"aws:SourceArn": "arn:aws:sqs:*"}}),
            json!({"ArnEquals": {"aws:SourceArn": "arn:aws:sns:*:111122223333:farm-*"}}),
            json!({"ArnLike": {"aws:SourceArn": TOPIC}}),
            json!({"ArnNotLike": {"aws:SourceArn": "arn:aws:sqs:*:*:*"}}),
            json!({"ArnNotEquals": {"aws:SourceAccount": "arn:aws:sns:*:*:*"}}),
            json!({"Bool": {"aws:PrincipalIsAWSService": "true"}}),
            json!({"Bool": {"aws:SecureTransport": true}}),
            json!({"Null": {"aws:SourceAccount": "true", "aws:SourceArn": "false"}}),
            json!({"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}}),
        ] {
            assert_eq!(under(&condition), Verdict::Allowed, "{condition}");
        }
        for condition in [
            json!({"StringEquals": {"aws:SourceArn": TOPIC.to_uppercase()}}),
            json!({"StringNotEquals": {"aws:SourceArn": ["another", TOPIC]}}),
            json!({"StringLike": {"aws:SourceArn": "arn:aws:sqs:*"}}),
            // A wildcard of an ARN stays within its part, and all six parts are compared.
            json!({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:farm-jobs-to-do"}}),
            json!({"ArnLike": {"aws:SourceArn": "*"}}),
            json!({"ArnNotLike": {"aws:SourceArn": TOPIC}}),
            json!({"Bool": {"aws:SecureTransport": "false"}}),
            json!({"Null": {"aws:SourceArn": "true"}}),
            json!({"StringEqualsIfExists": {"aws:SourceArn": "another"}}),
            // All of them must hold.
            json!({"StringEquals": {"aws:SourceArn": TOPIC}, "Bool": {"aws:SecureTransport": "false"}}),
        ] {
            assert!(is_refused(&under(&condition)), "{condition}");
        }
    }

    #[test]
    fn an_account_that_is_never_sent_is_the_obstacle() {
        let condition = json!({
            "StringEquals": {"AWS:SourceAccount": "111122223333"},
            "ArnLike": {"AWS:SourceArn": TOPIC},
        });
        let Verdict::NotAllowed { obstacles } = under(&condition) else {
            panic!("it is allowed");
        };
        let obstacle = Obstacle {
            sid: Some("one".into()),
            operator: "StringEquals".into(),
            key: "AWS:SourceAccount".into(),
            wanted: vec!["111122223333".into()],
            sent: None,
        };
        assert_eq!(obstacles, [obstacle]);
    }

    #[test]
    fn what_is_not_evaluated_is_neither_allowed_nor_refused() {
        for (over, what) in [
            (
                json!({"Condition": {"StringEquals": {"aws:SourceOrgID": "o-1"}}}),
                "a condition aws:SourceOrgID",
            ),
            (
                json!({"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}),
                "a condition aws:SourceIp",
            ),
            (
                json!({"Condition": {"ForAnyValue:StringEquals": {"aws:SourceArn": TOPIC}}}),
                "a condition aws:SourceArn",
            ),
            (
                json!({"Condition": {"StringEquals": {"aws:SourceArn": "${aws:PrincipalTag/t}"}}}),
                "a condition aws:SourceArn",
            ),
            (
                json!({"Resource": "arn:aws:lambda:*:*:function:${aws:PrincipalTag/t}"}),
                "a policy variable",
            ),
            (
                json!({"Principal": null, "NotPrincipal": {"AWS": "*"}}),
                "NotPrincipal",
            ),
        ] {
            let verdict = with(&over);
            let Verdict::Unknown { what: found } = &verdict else {
                panic!("{over} is {verdict:?}");
            };
            assert!(found.contains(what), "{what} in {found}");
        }
    }

    #[test]
    fn what_is_not_evaluated_does_not_matter_if_it_changes_nothing() {
        let unknown = json!({"StringEquals": {"aws:SourceOrgID": "o-1"}});
        let allow = statement(&json!({}));
        let unknown_allow = statement(&json!({"Condition": unknown}));
        let unknown_deny = statement(&json!({"Effect": "Deny", "Condition": unknown}));
        let deny = statement(&json!({"Effect": "Deny", "Sid": "no"}));
        assert_eq!(verdict(&json!([allow, unknown_allow])), Verdict::Allowed);
        assert!(is_refused(&verdict(&json!([unknown_deny]))));
        let denied = Verdict::Denied {
            sid: Some("no".into()),
        };
        assert_eq!(verdict(&json!([unknown_allow, deny, allow])), denied);
        let doubt = verdict(&json!([allow, unknown_deny]));
        assert!(matches!(doubt, Verdict::Unknown { .. }), "{doubt:?}");
        // A condition that certainly fails decides, whatever the others are.
        let mut certain = unknown;
        certain["Bool"] = json!({"aws:SecureTransport": "false"});
        let deny = statement(&json!({"Effect": "Deny", "Condition": certain}));
        assert_eq!(verdict(&json!([allow, deny])), Verdict::Allowed);
    }
}
