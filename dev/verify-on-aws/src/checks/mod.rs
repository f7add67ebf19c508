//! The checks, in the order in which they run: what is most in doubt first.

mod alarm;
mod alarm_starts_execution;
mod dead_letters;
mod deploys;
mod executions;
mod functions_run;
mod idempotent_start;
mod inbox;
mod key_alarm;
mod key_dead_letter;
mod key_notifications;
mod key_taken_away;
mod launch_above_maximum;
mod launch_failure;
mod launch_instances;
mod launch_token;
mod launches;
mod no_jobs_alarm;
mod notifications;
mod queues;
mod scale_executes_policy;
mod scale_launches;
mod schedule_ticks;
mod second_region;

use std::pin::Pin;

pub(crate) use launches::Launch;

use crate::{
    error::VerifyError,
    report::{Finding, Report},
    stage::Stage,
};

/// A check that runs.
type Checking<'a> = Pin<Box<dyn Future<Output = Result<Finding, VerifyError>> + 'a>>;

/// What the options must ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// `--second-region`.
    SecondRegion,
    /// `--with-key`.
    Key,
}

/// An assumption that only a real account can settle.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// As `docs/unverified.md` names it.
    pub name: &'static str,
    /// What must hold.
    pub assumption: &'static str,
    /// Which option it needs.
    pub needs: Needs,
    run: for<'a> fn(&'a mut Stage) -> Checking<'a>,
}

/// Every check.
pub const CHECKS: &[Check] = &[
    Check {
        name: DEPLOYS,
        assumption: "CloudFormation creates every resource of the template",
        needs: Needs::Nothing,
        run: |stage| Box::pin(deploys::check(stage)),
    },
    Check {
        name: "alarm-starts-execution",
        assumption: "an alarm may publish, SNS may invoke start, and start starts an execution",
        needs: Needs::Nothing,
        run: |stage| Box::pin(alarm_starts_execution::check(stage)),
    },
    Check {
        name: "functions-run",
        assumption: "Lambda runs the packages, and each role allows what its function calls",
        needs: Needs::Nothing,
        run: |stage| Box::pin(functions_run::check(stage)),
    },
    Check {
        name: "schedule-ticks",
        assumption: "the schedule may invoke start, which reads its event",
        needs: Needs::Nothing,
        run: |stage| Box::pin(schedule_ticks::check(stage)),
    },
    Check {
        name: "notifications",
        assumption: "EventBridge publishes to the notifications topic with a role",
        needs: Needs::Nothing,
        run: |stage| Box::pin(notifications::check(stage)),
    },
    Check {
        name: "scale-executes-policy",
        assumption: "the role of scale reaches a group of a nested stack by CloudFormation's tag",
        needs: Needs::Nothing,
        run: |stage| Box::pin(scale_executes_policy::check(stage)),
    },
    Check {
        name: "launch-instances",
        assumption: "LaunchInstances raises DesiredCapacity by what came, and EC2 finds it by the client token",
        needs: Needs::Nothing,
        run: |stage| Box::pin(launch_instances::check(stage)),
    },
    Check {
        name: "launch-token",
        assumption: "a client token launches once, and is refused with another count",
        needs: Needs::Nothing,
        run: |stage| Box::pin(launch_token::check(stage)),
    },
    Check {
        name: "launch-above-maximum",
        assumption: "LaunchInstances launches nothing above MaxSize",
        needs: Needs::Nothing,
        run: |stage| Box::pin(launch_above_maximum::check(stage)),
    },
    Check {
        name: "launch-failure",
        assumption: "LaunchInstances that launches nothing says why, and leaves DesiredCapacity as it was",
        needs: Needs::Nothing,
        run: |stage| Box::pin(launch_failure::check(stage)),
    },
    Check {
        name: "scale-launches",
        assumption: "the role of scale has every right that LaunchInstances takes, and passes the instances' role",
        needs: Needs::Nothing,
        run: |stage| Box::pin(scale_launches::check(stage)),
    },
    Check {
        name: "idempotent-start",
        assumption: "StartExecution with a running execution's name and input succeeds, with another input fails",
        needs: Needs::Nothing,
        run: |stage| Box::pin(idempotent_start::check(stage)),
    },
    Check {
        name: "no-jobs-alarm",
        assumption: "the metric math of the no-jobs alarm sees a job that is held, and an empty queue",
        needs: Needs::Nothing,
        run: |stage| Box::pin(no_jobs_alarm::check(stage)),
    },
    Check {
        name: "second-region",
        assumption: "the same stack name deploys in a second region",
        needs: Needs::SecondRegion,
        run: |stage| Box::pin(second_region::check(stage)),
    },
    Check {
        name: "key-dead-letter",
        assumption: "SNS may send to the dead-letter queue under a key of one's own",
        needs: Needs::Key,
        run: |stage| Box::pin(key_dead_letter::check(stage)),
    },
    Check {
        name: "key-alarm-starts-execution",
        assumption: "alarm, start and state machine work under a key of one's own",
        needs: Needs::Key,
        run: |stage| Box::pin(key_alarm::check(stage)),
    },
    Check {
        name: "key-notifications",
        assumption: "EventBridge publishes with a role to a topic under a key of one's own",
        needs: Needs::Key,
        run: |stage| Box::pin(key_notifications::check(stage)),
    },
    Check {
        name: "key-taken-away",
        assumption: "an update without the key leaves executions that work",
        needs: Needs::Key,
        run: |stage| Box::pin(key_taken_away::check(stage)),
    },
];

/// The check that all others need.
const DEPLOYS: &str = "deploys";

/// Runs every check that the options ask for, up to the first that does not hold.
pub(crate) async fn run_all(stage: &mut Stage, with_key: bool, keep_going: bool) -> Report {
    let mut report = Report::default();
    let mut is_stopped = false;
    for check in CHECKS {
        let lacks = match check.needs {
            Needs::SecondRegion if stage.second_region.is_none() => Some("needs --second-region"),
            Needs::Key if !with_key => Some("needs --with-key"),
            _ if report.is_interrupted => Some("interrupted"),
            _ if check.name != DEPLOYS && stage.deployed.is_none() => Some("nothing is deployed"),
            _ if is_stopped => Some("an earlier check did not hold; --keep-going runs it"),
            _ => None,
        };
        let finding = if let Some(why) = lacks {
            Finding::NotRun(why.to_owned())
        } else {
            stage.say(&format!("{}: {}", check.name, check.assumption));
            match (check.run)(stage).await {
                Err(VerifyError::Interrupted) => {
                    report.is_interrupted = true;
                    Finding::NotRun("interrupted".to_owned())
                }
                done => done.unwrap_or_else(|error| of_error(&error)),
            }
        };
        let is_fine = matches!(finding, Finding::Held(_) | Finding::NotRun(_));
        is_stopped |= !is_fine && !keep_going;
        report.add(check.name, finding);
    }
    report
}

/// What an error says of the assumption.
fn of_error(error: &VerifyError) -> Finding {
    if let Some(call) = error.missing_capability() {
        return Finding::NotRun(format!("this endpoint does not have {call}"));
    }
    match error {
        VerifyError::TooLong { .. } | VerifyError::Stack { .. } => {
            Finding::DidNotHold(error.to_string())
        }
        _ => Finding::Failed(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, time::Duration};

    use super::*;

    #[test]
    fn every_check_has_a_name_of_its_own_and_the_deployment_comes_first() {
        let names: BTreeSet<_> = CHECKS.iter().map(|check| check.name).collect();
        assert_eq!(names.len(), CHECKS.len());
        assert_eq!(CHECKS[0].name, DEPLOYS);
    }

    #[test]
    fn only_what_aws_did_settles_an_assumption() {
        let late = VerifyError::TooLong {
            what: "a tick".to_owned(),
            at_most: Duration::from_secs(1),
        };
        assert!(matches!(of_error(&late), Finding::DidNotHold(_)));
        let lacks = VerifyError::Incomplete {
            call: "sts:GetCallerIdentity",
            field: "Arn".to_owned(),
        };
        assert!(matches!(of_error(&lacks), Finding::Failed(_)));
    }
}
