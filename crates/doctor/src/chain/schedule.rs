//! The schedule of the return to spot: it is enabled, and invokes *start* under a role that may.

use serde_json::json;
use spotmanager_domain::resources::Schedule;

use super::{
    Chain, Holder, LinkName, Read,
    command::quoted,
    link::Examined,
    read::is_of,
    rights::{Judged, judge},
};
use crate::{Finding, Rule, Snapshot};

const LINK: LinkName = LinkName::Schedule;

/// See <https://docs.aws.amazon.com/scheduler/latest/APIReference/API_GetSchedule.html>.
pub(super) fn examine(snapshot: &Snapshot, chain: &Chain) -> Examined {
    let Some(named) = &chain.operation.schedule else {
        let detail = "is not wanted: ReturnToSpot is off";
        return Examined::ok(LINK, snapshot.spotmanager.name(), detail);
    };
    let name = &named.name;
    let schedule = match &named.read {
        Read::NotRead(why) => return Examined::not_checked(LINK, name, why),
        Read::Missing => return gone(name),
        Read::Found(schedule) => schedule,
    };
    let fix = || update(chain, name, schedule);
    if schedule.state != "ENABLED" {
        return broken(
            Rule::ScheduleDisabled,
            name,
            &format!("is {}", schedule.state),
            fix(),
        );
    }
    if !is_of(&schedule.target_arn, &chain.function_arn) {
        let detail = format!("invokes {:?}, not start", schedule.target_arn);
        return broken(Rule::ScheduleTargetsAnother, name, &detail, fix());
    }
    match judge(&chain.operation, Holder::Schedule) {
        Judged::NotRead(why) => Examined::not_checked(LINK, name, &why),
        Judged::Lacking(what, finding) => {
            let problems = [(what.clone(), finding.clone())];
            Examined::of_problems(LINK, name, &what, &problems).with(finding)
        }
        Judged::Held => {
            let detail = format!("is ENABLED and invokes start, {}", schedule.expression);
            Examined::ok(LINK, name, detail)
        }
    }
}

fn gone(name: &str) -> Examined {
    broken(
        Rule::ScheduleGone,
        name,
        "does not exist",
        "Have CloudFormation make it again: run spotmanager deploy with --parameter-overrides ReturnToSpot=off, then with the value that it has now.".to_owned(),
    )
}

fn broken(rule: Rule, name: &str, detail: &str, fix: String) -> Examined {
    let problem = format!(
        "The schedule {name} {detail}: spot does not take over from on-demand, and a queue's metrics may fall asleep."
    );
    let finding = Finding::new(rule, name, problem, fix);
    Examined::broken(LINK, name, detail).with(finding)
}

/// An update sets every property that it does not name to its default.
/// See <https://docs.aws.amazon.com/scheduler/latest/APIReference/API_UpdateSchedule.html>.
fn update(chain: &Chain, name: &str, schedule: &Schedule) -> String {
    let (group, name) = name.split_once('/').unwrap_or(("default", name));
    let mut target = json!({"Arn": chain.function_arn, "RoleArn": schedule.role_arn});
    if let Some(queue) = &chain.dead_letter_queue_arn {
        target["DeadLetterConfig"] = json!({"Arn": queue});
    }
    format!(
        "aws scheduler update-schedule --group-name {group} --name {name} --state ENABLED --schedule-expression {} --schedule-expression-timezone {} --flexible-time-window Mode=OFF --target {}",
        quoted(&schedule.expression),
        quoted(&schedule.timezone),
        quoted(&target.to_string())
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LinkState, NotRead, chain::link::expect, testing::snapshot};

    fn with(change: impl FnOnce(&mut Schedule)) -> Examined {
        let mut snapshot = snapshot();
        let schedule = snapshot.chain.as_mut().unwrap().operation.schedule.as_mut();
        if let Read::Found(schedule) = &mut schedule.unwrap().read {
            change(schedule);
        }
        examine(&snapshot, snapshot.chain.as_ref().unwrap())
    }

    #[test]
    fn it_is_enabled_and_invokes_start() {
        expect(&with(|_| {}), LinkState::Ok, &[]);
        let disabled = with(|schedule| schedule.state = "DISABLED".into());
        expect(&disabled, LinkState::Broken, &[Rule::ScheduleDisabled]);
        let fix = &disabled.findings[0].fix;
        for part in [
            "--group-name sm --name return-to-spot --state ENABLED",
            "--schedule-expression 'rate(15 minutes)'",
            r#""DeadLetterConfig":{"Arn":"arn:aws:sqs:"#,
        ] {
            assert!(fix.contains(part), "{part} in {fix}");
        }
        let another = with(|schedule| schedule.target_arn.push_str("-old"));
        expect(&another, LinkState::Broken, &[Rule::ScheduleTargetsAnother]);
    }

    #[test]
    fn it_may_be_gone_unread_or_not_wanted() {
        let mut snapshot = snapshot();
        let mut read = |read| {
            let chain = snapshot.chain.as_mut().unwrap();
            chain.operation.schedule.as_mut().unwrap().read = read;
            examine(&snapshot, snapshot.chain.as_ref().unwrap())
        };
        expect(
            &read(Read::Missing),
            LinkState::Broken,
            &[Rule::ScheduleGone],
        );
        let refused = read(Read::NotRead(NotRead::because("refused")));
        expect(&refused, LinkState::NotChecked, &[]);
        snapshot.chain.as_mut().unwrap().operation.schedule = None;
        let examined = examine(&snapshot, snapshot.chain.as_ref().unwrap());
        expect(&examined, LinkState::Ok, &[]);
        assert!(examined.link.detail.contains("ReturnToSpot is off"));
    }

    #[test]
    fn its_role_must_let_it_invoke_start() {
        let mut snapshot = snapshot();
        let chain = snapshot.chain.as_mut().unwrap();
        let function_arn = chain.function_arn.clone();
        let mut rights = chain.operation.rights.iter_mut();
        let right = rights.find(|right| right.holder == Holder::Schedule);
        right.unwrap().refused = Read::Found(vec![function_arn]);
        let examined = examine(&snapshot, snapshot.chain.as_ref().unwrap());
        expect(&examined, LinkState::Broken, &[Rule::RoleLacksPermission]);
    }
}
