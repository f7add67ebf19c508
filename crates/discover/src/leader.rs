//! Which execution leads a pair of groups.
//!
//! Two alarms in a row must not add up, so the execution that began first leads: it looks at the
//! queue again before it ends, and those that came after it end at once. An alarm needs a period
//! after a leader's last look to report new jobs, by when Step Functions lists the leader as ended.
//! An execution that comes to look late also asks which have ended since it began: they have looked at
//! the queue after its alarm.

use jiff::Timestamp;
use spotmanager_aws::{
    AwsError,
    executions::{self, Client, Listed, Other, Own, input_while_running, is_late, sort_by_age},
};
use spotmanager_domain::{Leader, LossKind, Purpose};

/// Which executions an execution gives way to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GivesWayTo {
    /// An alarm's gives way to another alarm's, if there is a queue that it looks at again. One that no
    /// alarm started may end without a look at the queue.
    Alarms,
    /// A return to spot and a failed launch give way to all.
    All,
    /// What EC2 takes back is replaced, whatever else runs.
    Nothing,
}

impl GivesWayTo {
    fn to(self, other: &Other) -> bool {
        match self {
            Self::Alarms => other.purpose == Purpose::ScaleUp && other.loss.is_none(),
            Self::All => true,
            Self::Nothing => false,
        }
    }
}

/// Who leads, and what else runs.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The execution that began before, and leads the same pair of groups.
    pub(crate) leader: Option<Leader>,
    /// Whether a return to spot of the pair runs.
    pub(crate) return_runs: bool,
}

/// The execution that began before, and leads the same pair of groups.
pub(crate) async fn find(
    client: &Client,
    own: &Own<'_>,
    gives_way: GivesWayTo,
    now: Timestamp,
) -> Result<Found, AwsError> {
    let follows_a_loss = own.execution.follows_a_loss();
    let Some(state_machine_arn) = &own.execution.state_machine_arn else {
        return Ok(Found::default());
    };
    // An execution that led its first round leads on, unless it replaced what was lost.
    if own.execution.round > 1 && !follows_a_loss {
        return Ok(Found::default());
    }
    let mut found = Found::default();
    let may_lead =
        |other: &Listed| own.may_share_pair(other) && (follows_a_loss || own.began_after(other));
    let mut candidates = executions::running(client, state_machine_arn).await?;
    candidates.retain(may_lead);
    sort_by_age(&mut candidates);
    for candidate in candidates {
        let input = input_while_running(client, &candidate.execution_arn).await?;
        let Some(other) = input.and_then(|input| own.other_of(candidate, &input)) else {
            continue;
        };
        found.return_runs |= other.purpose == Purpose::ReturnToSpot;
        // Of those that replace what was lost, the first one looks at the queue.
        let looks = other
            .loss
            .is_some_and(|kind| kind != LossKind::RebalanceRecommendation);
        let is_ahead = follows_a_loss && looks && own.began_after(&other.listed);
        if gives_way.to(&other) || is_ahead {
            found.leader = Some(leader(other));
            return Ok(found);
        }
    }
    let began_at = own.execution.began_at();
    if gives_way != GivesWayTo::Alarms || follows_a_loss || !is_late(began_at, now) {
        return Ok(found);
    }
    let mut ended = executions::succeeded_since(client, state_machine_arn, began_at).await?;
    ended.retain(may_lead);
    for candidate in ended {
        let input = executions::input(client, &candidate.execution_arn).await?;
        let other = input.and_then(|input| own.other_of(candidate, &input));
        if let Some(other) = other.filter(|other| gives_way.to(other)) {
            found.leader = Some(leader(other));
            break;
        }
    }
    Ok(found)
}

fn leader(other: Other) -> Leader {
    Leader {
        execution_name: other.listed.name,
        started_at: other.listed.started_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_gives_way_to_an_alarm_and_a_return_to_all() {
        let other = |purpose, loss| Other {
            listed: Listed {
                execution_arn: "arn".into(),
                name: "other".into(),
                started_at: Timestamp::UNIX_EPOCH,
            },
            purpose,
            loss,
        };
        let alarm = other(Purpose::ScaleUp, None);
        let back = other(Purpose::ReturnToSpot, None);
        let loss = other(Purpose::ScaleUp, Some(LossKind::InterruptionWarning));
        for (gives_way, to) in [
            (GivesWayTo::Alarms, [true, false, false]),
            (GivesWayTo::All, [true, true, true]),
            (GivesWayTo::Nothing, [false, false, false]),
        ] {
            let found = [&alarm, &back, &loss].map(|other| gives_way.to(other));
            assert_eq!(found, to, "{gives_way:?}");
        }
    }
}
