//! Lower bound: no policy that never makes a job wait can cost less.

use crate::{Outcome, STEP_SECONDS, Scene};

/// Counts the bound: one instance from each alarm to the next "no more jobs", spot whenever there
/// is any and on-demand else, changed over at once and at no cost.
pub(crate) fn bound(scene: Scene<'_>, arrivals: Vec<u64>, end: u64) -> Outcome {
    let Scene {
        traces,
        jobs,
        timings,
    } = scene;
    let (step, period) = (u64::from(STEP_SECONDS), u64::from(timings.alarm_period));
    let mut outcome = Outcome::default();
    let mut arrivals = arrivals.into_iter().peekable();
    let (mut waiting, mut left) = (0_u64, 0_u64);
    let mut in_service_at = None;
    let mut periods_without_jobs = 0_u32;
    let mut was_spot = None;
    let mut now = 0;
    while now < end {
        while arrivals.next_if(|at| *at <= now).is_some() {
            waiting += 1;
        }
        if in_service_at.is_some_and(|at| at <= now) {
            if left == 0 && waiting > 0 {
                (waiting, left) = (waiting - 1, u64::from(jobs.job_seconds));
            }
            if left > 0 {
                left = left.saturating_sub(step);
                outcome.jobs_done += u64::from(left == 0);
            }
        }
        if now.is_multiple_of(period) {
            if waiting > 0 {
                periods_without_jobs = 0;
                in_service_at.get_or_insert(now + u64::from(timings.launch));
            } else if left > 0 {
                periods_without_jobs = 0;
            } else {
                periods_without_jobs = periods_without_jobs.saturating_add(1);
                if periods_without_jobs == timings.no_jobs_periods {
                    in_service_at = None;
                }
            }
        }
        if in_service_at.is_some() {
            let is_spot = traces.iter().any(|trace| trace.is_available(now));
            if was_spot.replace(is_spot).is_some_and(|was| was != is_spot) {
                outcome.switches += 1;
            }
            let seconds = match is_spot {
                true => &mut outcome.spot_seconds,
                false => &mut outcome.on_demand_seconds,
            };
            *seconds += step;
        } else if waiting > 0 {
            // Until the alarm looks at the queue nobody knows of the job.
            outcome.waited_seconds += step;
            outcome.longest_wait_seconds = outcome.longest_wait_seconds.max(period);
        }
        now += step;
    }
    outcome
}
