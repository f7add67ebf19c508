//! Many instances: the ways to scale up next to each other, in AWS's time.
//!
//! `cargo xtask bench --fleet` runs it. A further figure is a row in [`measure`].

mod course;
mod row;
mod scene;

use anyhow::Result;

pub(crate) use row::{TITLE, body};

use row::Row;
use scene::Scene;

const POLICY: &str = "scaling-policy";
const DESIRED: &str = "desired-capacity";

/// Plays every scene, and gives the rows.
pub(crate) async fn measure() -> Result<Vec<Row>> {
    let mut rows = Vec::new();

    let by_policy = Scene::of_jobs(POLICY, 20).at_speed(20);
    let one_by_one = Box::pin(by_policy.play()).await?;
    let at_once = Scene::of_jobs(DESIRED, 20);
    let twenty = Box::pin(at_once.play()).await?;
    let hundredfold = Scene::of_jobs(DESIRED, 100);
    let hundred = Box::pin(hundredfold.play()).await?;
    let what = "alarm → 20 instances in service, of 100 jobs";
    let slow = one_by_one.in_service_after()?;
    let quick = twenty.in_service_after()?;
    rows.push(Row::seconds(what, by_policy, slow));
    rows.push(Row::seconds(what, at_once, quick).at_most(slow / 30.0));
    let what = "transitions for those 20";
    rows.push(Row::transitions(what, by_policy, one_by_one.transitions));
    rows.push(Row::transitions(what, at_once, twenty.transitions).at_most(18.0));
    let what = "alarm → 100 instances in service, of 500 jobs";
    let seconds = hundred.in_service_after()?;
    rows.push(Row::seconds(what, hundredfold, seconds).at_most(1.2 * quick));
    let what = "transitions for those 100";
    let as_many = twenty.transitions.count as f64;
    rows.push(Row::transitions(what, hundredfold, hundred.transitions).at_most(as_many));

    let mut calls = Vec::new();
    for way in [POLICY, DESIRED] {
        let scene = Scene::of_one(way);
        let course = Box::pin(scene.play()).await?;
        let what = "transitions: one instance, spot comes at the first look";
        rows.push(Row::transitions(what, scene, course.transitions).at_most(8.0));
        let what = "calls to AWS up to the launch, nested stack, warm, no queue";
        calls.push(Row::calls(what, scene, course.calls_to_launch()?.len()).at_most(12.0));
    }

    let mut waits = Vec::new();
    for (way, most) in [(POLICY, None), (DESIRED, Some((18.0, 10.0)))] {
        let scene = Scene::of_one(way).without_spot();
        let course = Box::pin(scene.play()).await?;
        let what = "transitions: no spot anywhere, on-demand comes at its first look";
        let transitions = Row::transitions(what, scene, course.transitions);
        let what = "the last zone's failed launch → on-demand asked for";
        let wait = Row::seconds(what, scene, course.on_demand_after()?);
        let (transitions, wait) = match most {
            Some((count, seconds)) => (transitions.at_most(count), wait.at_most(seconds)),
            None => (transitions, wait),
        };
        rows.push(transitions);
        waits.push(wait);
    }
    rows.append(&mut waits);
    rows.append(&mut calls);
    Ok(rows)
}
