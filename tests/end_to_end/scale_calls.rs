//! What *scale* called.

use spotmanager_testbed::Stage;

/// What *scale* set a group's DesiredCapacity to, in turn.
pub(crate) fn raised_to(stage: &Stage, group: &str) -> Vec<i32> {
    called(stage, "SetDesiredCapacity", group)
        .filter_map(|body| {
            let mut fields = body.split('&');
            fields.find_map(|field| field.strip_prefix("DesiredCapacity=")?.parse().ok())
        })
        .collect()
}

/// The bodies of *scale*'s calls of an action on a group.
pub(crate) fn called(stage: &Stage, action: &str, group: &str) -> impl Iterator<Item = String> {
    let of_group = format!("AutoScalingGroupName={group}");
    let calls = stage.local.calls().into_iter().filter(move |call| {
        call.program.as_deref() == Some("spotmanager-scale")
            && call.action == action
            && call.body.split('&').any(|field| field == of_group)
    });
    calls.map(|call| call.body)
}
