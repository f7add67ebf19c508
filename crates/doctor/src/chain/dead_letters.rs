//! The dead-letter queues: no event lies in them that nobody answered.

use std::fmt::Display;

use super::{Chain, LinkName, NotRead, Read, link::Examined};
use crate::{Finding, Rule, Snapshot};

const LINK: LinkName = LinkName::DeadLetters;

pub(super) fn examine(snapshot: &Snapshot, chain: &Chain) -> Examined {
    let stack = snapshot.spotmanager.name();
    let queues = match &chain.operation.dead_letters {
        Read::NotRead(why) => return Examined::not_checked(LINK, stack, why),
        Read::Found(queues) if !queues.is_empty() => queues,
        Read::Found(_) | Read::Missing => {
            let why = NotRead::because("SpotManager's stack lists no queue");
            return Examined::not_checked(LINK, stack, &why);
        }
    };
    let not_read = queues.values().find_map(Read::not_read);
    let subject = queues.keys().next().map_or(stack, String::as_str);
    let findings: Vec<_> = queues
        .iter()
        .filter_map(|(queue, read)| match read {
            Read::Found(0) | Read::NotRead(_) => None,
            Read::Found(count) => Some(holds(snapshot, queue, *count)),
            Read::Missing => Some(gone(snapshot, queue)),
        })
        .collect();
    let mut examined = match (findings.first(), not_read) {
        (Some((detail, _)), _) => Examined::warning(LINK, subject, detail),
        (None, Some(why)) => Examined::not_checked(LINK, subject, why),
        (None, None) => Examined::ok(LINK, subject, "is empty"),
    };
    let findings = findings.into_iter().map(|(_, finding)| finding);
    examined.findings.extend(findings);
    examined
}

fn holds(snapshot: &Snapshot, queue: &str, count: u64) -> (String, Finding) {
    let messages = if count == 1 { "message" } else { "messages" };
    let since = since(snapshot, queue).map_or_else(String::new, |at| format!(" since {at}"));
    let detail = format!("holds {count} {messages}{since}");
    let finding = Finding::new(
        Rule::DeadLetters,
        queue,
        format!(
            "This dead-letter queue {detail}: events that were not answered, for which jobs may wait."
        ),
        format!(
            "spotmanager replay --spotmanager-stack {}",
            snapshot.spotmanager.name()
        ),
    );
    (detail, finding)
}

/// Since when the alarm on the queue says so.
fn since(snapshot: &Snapshot, queue: &str) -> Option<impl Display> {
    let mut alarms = snapshot
        .alarms
        .iter()
        .filter(|alarm| alarm.state == "ALARM");
    let alarm = alarms.find(|alarm| {
        let mut metrics = alarm.queue_metrics.iter();
        metrics.any(|metric| metric.queue_name == queue)
    })?;
    alarm.state_since
}

fn gone(snapshot: &Snapshot, queue: &str) -> (String, Finding) {
    let finding = Finding::new(
        Rule::DeadLetterQueueGone,
        queue,
        "This dead-letter queue does not exist: an event that is not answered is lost without a trace.",
        super::command::deploy_anew(snapshot),
    );
    ("does not exist".to_owned(), finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use spotmanager_domain::resources::QueueMetric;

    use crate::{LinkState, testing::snapshot};

    fn with(read: Read<u64>) -> (Snapshot, Examined) {
        let mut snapshot = snapshot();
        let queues = [("sm-dead".to_owned(), read)].into();
        snapshot.chain.as_mut().unwrap().operation.dead_letters = Read::Found(queues);
        let examined = examine(&snapshot, snapshot.chain.as_ref().unwrap());
        (snapshot, examined)
    }

    #[test]
    fn what_lies_there_is_counted_and_replayed() {
        let (mut snapshot, examined) = with(Read::Found(2));
        assert_eq!(examined.link.state, LinkState::Warning);
        assert_eq!(examined.link.detail, "holds 2 messages");
        assert_eq!(examined.findings[0].rule, Rule::DeadLetters);
        assert_eq!(
            examined.findings[0].fix,
            "spotmanager replay --spotmanager-stack sm"
        );
        let alarm = &mut snapshot.alarms[0];
        alarm.state = "ALARM".into();
        alarm.state_since = Some("2026-01-01T00:00:00Z".parse().unwrap());
        alarm.queue_metrics = vec![QueueMetric {
            queue_name: "sm-dead".into(),
            metric_name: "ApproximateNumberOfMessagesVisible".into(),
        }];
        let examined = examine(&snapshot, snapshot.chain.as_ref().unwrap());
        let detail = &examined.link.detail;
        assert_eq!(detail, "holds 2 messages since 2026-01-01T00:00:00Z");
    }

    #[test]
    fn an_empty_queue_is_well_and_one_that_is_gone_or_unread_is_not() {
        assert_eq!(with(Read::Found(0)).1.link.state, LinkState::Ok);
        let gone = with(Read::Missing).1;
        assert_eq!(gone.findings[0].rule, Rule::DeadLetterQueueGone);
        let refused = with(Read::NotRead(NotRead::because("refused"))).1;
        assert_eq!(refused.link.state, LinkState::NotChecked);
        assert!(refused.findings.is_empty());
    }
}
