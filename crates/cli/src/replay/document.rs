//! What came of a replay, as `schemas/replay.json` says.

use jiff::Timestamp;
use serde::Serialize;
use spotmanager_domain::StartOutcome;

use super::{
    Outcome,
    letter::{Content, DeadLetter, Origin},
    report::{Fate, Report},
};

/// A replay.
#[derive(Debug, Serialize)]
pub(super) struct Document<'a> {
    version: &'static str,
    spotmanager_stack: &'a str,
    outcome: Outcome,
    letters: Vec<Letter<'a>>,
    more_messages: u64,
}

#[derive(Debug, Serialize)]
struct Letter<'a> {
    message_id: &'a str,
    sent_at: Timestamp,
    age_seconds: i64,
    origin: Origin,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asks_for: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<&'a str>,
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'a str>,
    records: &'a [StartOutcome],
}

impl<'a> Document<'a> {
    pub(super) fn of(report: &'a Report<'_>, outcome: Outcome) -> Self {
        let letters = report.letters.iter();
        Self {
            version: "1",
            spotmanager_stack: report.stack_name,
            outcome,
            letters: letters
                .map(|(letter, fate)| of_letter(letter, fate, report.now))
                .collect(),
            more_messages: report.more_messages,
        }
    }
}

fn of_letter<'a>(letter: &'a DeadLetter, fate: &'a Fate, now: Timestamp) -> Letter<'a> {
    let (asks_for, notice, unreadable) = match &letter.content {
        Content::Event { asks_for, .. } => (Some(asks_for.as_str()), None, None),
        Content::Notice(kind) => (None, Some(kind.as_str()), None),
        Content::Unreadable(problem) => (None, None, Some(problem.as_str())),
    };
    let (result, problem, records) = match fate {
        Fate::NotReplayed => ("not_replayed", unreadable, &[][..]),
        Fate::Accepted(records) => ("accepted", None, records.as_slice()),
        Fate::Failed(problem) => ("failed", Some(problem.as_str()), &[][..]),
        Fate::Discarded => ("discarded", None, &[][..]),
    };
    let message = &letter.message;
    Letter {
        message_id: &message.id,
        sent_at: message.sent_at,
        age_seconds: now.duration_since(message.sent_at).as_secs().max(0),
        origin: letter.origin,
        error: letter.error.as_deref(),
        asks_for,
        notice,
        result,
        problem,
        records,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::letter::tests::letter, *};

    #[test]
    fn every_letter_is_as_the_schema_says() {
        let tick =
            r#"{"id": "1", "detail-type": "Scheduled Event", "time": "2026-01-01T00:00:00Z"}"#;
        let tick = letter(tick, &[("ErrorMessage", "denied")]);
        let notice = letter(
            r#"{"source": "spotmanager", "detail-type": "SpotManager Failure"}"#,
            &[],
        );
        let started = StartOutcome::Started {
            stack_name: "farm".into(),
            execution_name: "farm-1".into(),
            execution_arn: "arn:farm-1".into(),
        };
        let ignored = StartOutcome::Ignored {
            reason: "idle".into(),
        };
        let letters = [
            (tick.clone(), Fate::Accepted(vec![started, ignored])),
            (tick, Fate::Failed("denied".into())),
            (notice.clone(), Fate::NotReplayed),
            (notice, Fate::Discarded),
            (letter("hello", &[]), Fate::NotReplayed),
        ];
        let report = Report {
            stack_name: "sm",
            now: Timestamp::UNIX_EPOCH,
            letters: &letters,
            more_messages: 1,
        };
        let document = Document::of(&report, Outcome::Replayed);
        let document = serde_json::to_value(document).unwrap();
        assert_eq!(document["letters"][0]["result"], "accepted");
        let name = &document["letters"][0]["records"][0]["execution_name"];
        assert_eq!(name, "farm-1");
        assert_eq!(document["letters"][2]["notice"], "SpotManager Failure");
        let schema = include_str!("../../../../schemas/replay.json");
        let schema = serde_json::from_str(schema).unwrap();
        jsonschema::validate(&schema, &document).unwrap();
    }
}
