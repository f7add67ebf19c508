//! The dead letters and what became of them, for a person.

use std::fmt;

use console::style;
use jiff::Timestamp;
use spotmanager_domain::StartOutcome;

use super::letter::{Content, DeadLetter, Origin};

/// What became of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It was not replayed, and stays in the queue.
    NotReplayed,
    /// *start* accepted it, and it is deleted.
    Accepted(Vec<StartOutcome>),
    /// It was replayed or could not be, and stays in the queue.
    Failed(String),
    /// It is a notice that was to be deleted.
    Discarded,
}

impl Fate {
    /// Whether the letter has left the queue.
    pub(super) fn is_deleted(&self) -> bool {
        matches!(self, Self::Accepted(_) | Self::Discarded)
    }
}

/// All letters of a queue.
#[derive(Debug)]
pub(super) struct Report<'a> {
    pub(super) stack_name: &'a str,
    pub(super) now: Timestamp,
    pub(super) letters: &'a [(DeadLetter, Fate)],
    /// About how many more messages SQS counts in the queue.
    pub(super) more_messages: u64,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stack_name = self.stack_name;
        match self.letters.len() {
            0 if self.more_messages > 0 => {
                writeln!(f, "stack {stack_name}: no dead letter could be received")?;
            }
            0 => writeln!(f, "stack {stack_name}: no dead letters")?,
            1 => writeln!(f, "stack {stack_name}: 1 dead letter")?,
            count => writeln!(f, "stack {stack_name}: {count} dead letters")?,
        }
        for (index, (letter, fate)) in self.letters.iter().enumerate() {
            let age = age(letter.message.sent_at, self.now);
            let number = index + 1;
            writeln!(f, "{number:>3}. {age} old: {}", gave_up(letter.origin))?;
            match &letter.content {
                Content::Event { asks_for, .. } => line(f, "asks for", asks_for)?,
                Content::Notice(kind) => line(f, "is", &format!("the notice {kind}"))?,
                Content::Unreadable(_) => {}
            }
            if let Some(error) = &letter.error {
                line(f, "error", error)?;
            }
            write_fate(f, letter, fate)?;
        }
        if self.more_messages > 0 {
            let more = self.more_messages;
            writeln!(
                f,
                "SQS counts about {more} more: somebody else received them, or SQS has counted them before they were deleted. Replay again in 15 minutes."
            )?;
        }
        Ok(())
    }
}

fn write_fate(f: &mut fmt::Formatter<'_>, letter: &DeadLetter, fate: &Fate) -> fmt::Result {
    match (fate, &letter.content) {
        (Fate::NotReplayed, Content::Unreadable(problem)) => line(f, "cannot be replayed", problem),
        (Fate::NotReplayed, Content::Notice(_)) => line(
            f,
            "cannot be replayed",
            "start takes no notices; --discard-notices deletes it",
        ),
        (Fate::NotReplayed, Content::Event { .. }) => Ok(()),
        (Fate::Accepted(outcomes), _) => {
            let replayed = style("replayed").green().to_string();
            if outcomes.is_empty() {
                return line(f, &replayed, "nothing was started");
            }
            for outcome in outcomes {
                line(f, &replayed, &happened(outcome))?;
            }
            Ok(())
        }
        (Fate::Failed(problem), _) => {
            let label = style("failed, and stays in the queue").red().to_string();
            line(f, &label, problem)
        }
        (Fate::Discarded, _) => line(f, "deleted", "the notice is not sent again"),
    }
}

fn line(f: &mut fmt::Formatter<'_>, label: &str, text: &str) -> fmt::Result {
    writeln!(f, "     {label}: {text}")
}

fn gave_up(origin: Origin) -> &'static str {
    match origin {
        Origin::Function => "the function start failed with it",
        Origin::Subscription => "SNS could not deliver it",
        Origin::Rule => "EventBridge could not deliver it",
        Origin::Schedule => "EventBridge Scheduler could not deliver it",
    }
}

fn happened(outcome: &StartOutcome) -> String {
    match outcome {
        // Step Functions answers alike in both cases.
        StartOutcome::Started { execution_name, .. } => {
            format!("execution {execution_name} was started, or was running already")
        }
        StartOutcome::AlreadyStarted { execution_name, .. } => {
            format!("nothing was started: execution {execution_name} has run before")
        }
        StartOutcome::Ignored { reason } => format!("nothing was started: {reason}"),
    }
}

/// How old a letter is, in its largest unit.
fn age(sent_at: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(sent_at).as_secs().max(0);
    for (unit, name) in [(86_400, "d"), (3_600, "h"), (60, "min")] {
        if seconds >= unit {
            return format!("{} {name}", seconds / unit);
        }
    }
    format!("{seconds} s")
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::{super::letter::tests::letter, *};

    fn written(letters: &[(DeadLetter, Fate)]) -> String {
        let report = Report {
            stack_name: "sm",
            now: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(30),
            letters,
            more_messages: 0,
        };
        console::strip_ansi_codes(&report.to_string()).into_owned()
    }

    #[test]
    fn ages_are_told_in_their_largest_unit() {
        let after = |seconds| {
            let now = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds);
            age(Timestamp::UNIX_EPOCH, now)
        };
        let ages = [-1, 59, 60, 7_199, 86_399, 200_000].map(after);
        assert_eq!(ages, ["0 s", "59 s", "1 min", "1 h", "23 h", "2 d"]);
    }

    #[test]
    fn a_letter_says_who_gave_it_up_why_and_what_became_of_it() {
        let tick =
            r#"{"id": "1", "detail-type": "Scheduled Event", "time": "2026-01-01T00:00:00Z"}"#;
        let tick = letter(tick, &[("ErrorMessage", "denied")]);
        let started = StartOutcome::AlreadyStarted {
            stack_name: "farm".into(),
            execution_name: "farm-1".into(),
        };
        let text = written(&[(tick.clone(), Fate::Accepted(vec![started]))]);
        for part in [
            "stack sm: 1 dead letter\n",
            "1. 1 d old: the function start failed with it",
            "asks for: a return to spot, due at 2026-01-01T00:00:00Z",
            "error: denied",
            "replayed: nothing was started: execution farm-1 has run before",
        ] {
            assert!(text.contains(part), "no {part:?} in {text}");
        }
        let empty = written(&[(letter(r#"{"Records": []}"#, &[]), Fate::Accepted(vec![]))]);
        for part in [
            "asks for: nothing: it has no records",
            "replayed: nothing was started\n",
        ] {
            assert!(empty.contains(part), "no {part:?} in {empty}");
        }
        let failed = written(&[(tick, Fate::Failed("AccessDenied".into()))]);
        assert!(
            failed.contains("stays in the queue: AccessDenied"),
            "{failed}"
        );
    }

    #[test]
    fn a_notice_and_a_broken_letter_say_why_they_are_not_replayed() {
        let notice = letter(
            r#"{"source": "spotmanager", "detail-type": "SpotManager Failure"}"#,
            &[],
        );
        let broken = letter("hello", &[]);
        let text = written(&[(notice, Fate::NotReplayed), (broken, Fate::NotReplayed)]);
        assert!(text.contains("the notice SpotManager Failure"), "{text}");
        assert!(text.contains("--discard-notices"), "{text}");
        assert!(
            text.contains("cannot be replayed: the body is no JSON"),
            "{text}"
        );
    }
}
