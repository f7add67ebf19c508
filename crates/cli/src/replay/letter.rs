//! A dead letter: who gave the event up, why, and what *start* gets to see again.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};
use spotmanager_aws::dead_letters::ReceivedMessage;

use super::request;

/// Who could not do anything with the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Origin {
    /// *start* failed with it, three times.
    /// See <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>.
    Function,
    /// SNS could not deliver it.
    /// See <https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html>.
    Subscription,
    /// A rule of EventBridge could not deliver it.
    /// See <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html>.
    Rule,
    /// EventBridge Scheduler could not deliver it.
    /// See <https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html>.
    Schedule,
}

/// What a message holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Content {
    /// An event for *start*, as *start* would have got it, with what it asks for.
    Event { event: Value, asks_for: String },
    /// A notice of SpotManager's own that the notifications topic did not get.
    Notice(String),
    /// Nothing that *start* could be invoked with, and why.
    Unreadable(String),
}

/// A message of the dead-letter queue, read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DeadLetter {
    pub(super) message: ReceivedMessage,
    pub(super) origin: Origin,
    /// Why the event was given up, if the message says so.
    pub(super) error: Option<String>,
    pub(super) content: Content,
}

impl DeadLetter {
    pub(super) fn read(message: ReceivedMessage) -> Self {
        let body = serde_json::from_str::<Value>(&message.body);
        let origin = origin(&message.attributes, body.as_ref().ok());
        let content = match event(origin, body, &message.attributes) {
            Err(problem) => Content::Unreadable(problem),
            Ok(event) if event["source"] == "spotmanager" => {
                Content::Notice(text(&event, "detail-type"))
            }
            Ok(event) => {
                let asks_for = request::sentence(&event);
                Content::Event { event, asks_for }
            }
        };
        Self {
            origin,
            error: error(&message.attributes),
            content,
            message,
        }
    }
}

/// EventBridge and its scheduler name themselves in the attributes; SNS has an envelope of its own,
/// and Lambda keeps the event as it is.
fn origin(attributes: &BTreeMap<String, String>, body: Option<&Value>) -> Origin {
    if attributes.contains_key("SCHEDULE_ARN") {
        Origin::Schedule
    } else if attributes.contains_key("RULE_ARN") {
        Origin::Rule
    } else if body.is_some_and(|body| body["Type"] == "Notification") {
        Origin::Subscription
    } else {
        Origin::Function
    }
}

/// Lambda and the two services of EventBridge each write the error's code and message, under names
/// of their own.
fn error(attributes: &BTreeMap<String, String>) -> Option<String> {
    let attribute = |names: [&str; 2]| names.iter().find_map(|name| attributes.get(*name));
    let code = attribute(["ERROR_CODE", "ErrorCode"]);
    let message = attribute(["ERROR_MESSAGE", "ErrorMessage"]);
    match (code, message) {
        (Some(code), Some(message)) => Some(format!("{code}: {message}")),
        (one, other) => one.or(other).cloned(),
    }
}

/// The event as *start* would have got it.
fn event(
    origin: Origin,
    body: serde_json::Result<Value>,
    attributes: &BTreeMap<String, String>,
) -> Result<Value, String> {
    match (origin, body) {
        (Origin::Subscription, Ok(envelope)) => Ok(of_sns(envelope)),
        (Origin::Schedule, Ok(event)) if event.get("detail-type").is_some() => Ok(event),
        (Origin::Schedule, _) => of_schedule(attributes),
        (_, Ok(event)) if event.is_object() => Ok(event),
        (_, Ok(other)) => Err(format!("the body is {other}; it should be a JSON object")),
        (_, Err(error)) => Err(format!("the body is no JSON: {error}")),
    }
}

/// SNS's envelope in the record in which Lambda gets it.
/// See <https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html>.
fn of_sns(mut envelope: Value) -> Value {
    let unsubscribe = text(&envelope, "UnsubscribeURL");
    let subscription = unsubscribe.rsplit_once("SubscriptionArn=");
    let subscription = subscription.map_or("", |(_, arn)| arn).to_owned();
    if let Some(fields) = envelope.as_object_mut() {
        // Lambda writes them so.
        for (of_sns, of_lambda) in [
            ("SigningCertURL", "SigningCertUrl"),
            ("UnsubscribeURL", "UnsubscribeUrl"),
        ] {
            if let Some(url) = fields.remove(of_sns) {
                fields.insert(of_lambda.to_owned(), url);
            }
        }
    }
    json!({"Records": [{
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": subscription,
        "Sns": envelope,
    }]})
}

/// The event that the scheduler makes of a schedule without an input, from what it says of it.
/// See <https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html>.
fn of_schedule(attributes: &BTreeMap<String, String>) -> Result<Value, String> {
    let attribute = |name: &str| attributes.get(name).map(String::as_str);
    let time = attribute("SCHEDULED_TIME").ok_or(
        "neither the body nor the attribute SCHEDULED_TIME says when the schedule was due",
    )?;
    let schedule = attribute("SCHEDULE_ARN").unwrap_or_default();
    let part = |index| schedule.split(':').nth(index).unwrap_or_default();
    Ok(json!({
        "version": "0",
        "id": attribute("EXECUTION_ID").unwrap_or_default(),
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": part(4),
        "time": time,
        "region": part(3),
        "resources": [schedule],
        "detail": "{}",
    }))
}

fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
pub(super) mod tests {
    use jiff::Timestamp;

    use super::*;

    pub(in super::super) fn letter(body: &str, attributes: &[(&str, &str)]) -> DeadLetter {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        DeadLetter::read(ReceivedMessage {
            id: "m-1".to_owned(),
            receipt_handle: "r-1".to_owned(),
            sent_at: Timestamp::UNIX_EPOCH,
            body: body.to_owned(),
            attributes: attributes.iter().map(own).collect(),
        })
    }

    fn event_of(letter: &DeadLetter) -> &Value {
        match &letter.content {
            Content::Event { event, .. } => event,
            other => panic!("{other:?}"),
        }
    }

    const TICK: &str = r#"{"id": "1", "detail-type": "Scheduled Event", "source": "aws.scheduler",
        "time": "2026-01-01T00:00:00Z", "detail": "{}"}"#;

    #[test]
    fn lambda_keeps_the_event_and_says_what_start_failed_with() {
        let attributes = [
            ("RequestID", "r"),
            ("ErrorCode", "200"),
            ("ErrorMessage", "TopicArn is"),
        ];
        let letter = letter(TICK, &attributes);
        assert_eq!(letter.origin, Origin::Function);
        assert_eq!(letter.error.as_deref(), Some("200: TopicArn is"));
        assert_eq!(event_of(&letter)["time"], "2026-01-01T00:00:00Z");
    }

    #[test]
    fn the_envelope_of_sns_becomes_the_record_that_start_gets() {
        let envelope = json!({
            "Type": "Notification",
            "MessageId": "m",
            "TopicArn": "arn:aws:sns:eu-west-1:111122223333:farm-jobs-to-do",
            "Message": r#"{"AlarmName": "jobs", "NewStateValue": "ALARM", "StateChangeTime": "t"}"#,
            "Timestamp": "2026-01-01T00:00:00.000Z",
            "SignatureVersion": "1",
            "Signature": "s",
            "SigningCertURL": "https://example.com/cert",
            "UnsubscribeURL": "https://example.com/?Action=Unsubscribe&SubscriptionArn=arn:sub",
        });
        let letter = letter(&envelope.to_string(), &[]);
        assert_eq!(
            (letter.origin, &letter.error),
            (Origin::Subscription, &None)
        );
        let record = &event_of(&letter)["Records"][0];
        assert_eq!(record["EventSubscriptionArn"], "arn:sub");
        assert_eq!(record["Sns"]["SigningCertUrl"], "https://example.com/cert");
        let Content::Event { asks_for, .. } = &letter.content else {
            panic!("{letter:?}");
        };
        assert!(asks_for.contains("the alarm jobs"), "{asks_for}");
    }

    #[test]
    fn eventbridge_keeps_the_event_and_names_its_rule() {
        let attributes = [("RULE_ARN", "arn:rule"), ("ERROR_CODE", "NO_PERMISSIONS")];
        let letter = letter(TICK, &attributes);
        assert_eq!(letter.origin, Origin::Rule);
        assert_eq!(letter.error.as_deref(), Some("NO_PERMISSIONS"));
    }

    #[test]
    fn a_tick_is_made_anew_if_the_body_is_not_the_event() {
        let attributes = [
            (
                "SCHEDULE_ARN",
                "arn:aws:scheduler:eu-west-1:111122223333:schedule/sm/tick",
            ),
            ("SCHEDULED_TIME", "2026-01-01T00:15:00Z"),
            ("IS_PAYLOAD_TRUNCATED", "true"),
        ];
        for body in ["{}", r#"{"id": "1", "det"#] {
            let letter = letter(body, &attributes);
            assert_eq!(letter.origin, Origin::Schedule);
            let event = event_of(&letter);
            assert_eq!(event["time"], "2026-01-01T00:15:00Z");
            assert_eq!(event["region"], "eu-west-1");
            assert!(spotmanager_start::read(event).is_ok(), "{event}");
        }
        let whole = letter(TICK, &attributes);
        assert_eq!(event_of(&whole)["time"], "2026-01-01T00:00:00Z");
        let without_a_time = letter("{}", &attributes[..1]);
        assert!(matches!(without_a_time.content, Content::Unreadable(_)));
    }

    #[test]
    fn a_notice_is_not_for_start() {
        let notice = r#"{"source": "spotmanager", "detail-type": "SpotManager Decision"}"#;
        let notice = letter(notice, &[("RULE_ARN", "arn:rule")]);
        let expected = Content::Notice("SpotManager Decision".to_owned());
        assert_eq!(notice.content, expected);
    }

    #[test]
    fn what_is_no_event_is_said_to_be_none() {
        for (body, part) in [("hello", "no JSON"), ("[1]", "[1]")] {
            match letter(body, &[]).content {
                Content::Unreadable(problem) => assert!(problem.contains(part), "{problem}"),
                other => panic!("{other:?}"),
            }
        }
    }
}
