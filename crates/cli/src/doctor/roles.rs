//! The roles of a deployment, by whoever acts under them.

use spotmanager_aws::functions::{self, FunctionRef};
use spotmanager_doctor::{Holder, Read};
use spotmanager_domain::resources::EventRule;

use super::unread::found;

/// The functions whose roles are asked for.
const STEPS: [(Holder, &str); 4] = [
    (Holder::Discover, "discover"),
    (Holder::Evaluate, "evaluate"),
    (Holder::Scale, "scale"),
    (Holder::Verify, "verify"),
];

/// The roles of a deployment, by their ARNs.
#[derive(Debug)]
pub(super) struct Roles {
    pub(super) machine: Read<String>,
    pub(super) start: Read<String>,
    /// `None` if `ReturnToSpot` is `off`.
    pub(super) schedule: Option<Read<String>>,
    pub(super) notifications: Read<String>,
    /// Those of the functions that the state machine invokes.
    pub(super) functions: Vec<(Holder, Read<String>)>,
}

impl Roles {
    /// The role of a holder; `None` if the deployment has no such holder.
    pub(super) fn of(&self, holder: Holder) -> Option<&Read<String>> {
        match holder {
            Holder::StateMachine => Some(&self.machine),
            Holder::Start => Some(&self.start),
            Holder::Schedule => self.schedule.as_ref(),
            Holder::NotificationsRule => Some(&self.notifications),
            Holder::Discover | Holder::Evaluate | Holder::Scale | Holder::Verify => {
                let mut functions = self.functions.iter();
                functions
                    .find(|(of, _)| *of == holder)
                    .map(|(_, role)| role)
            }
        }
    }
}

/// The role under which a rule reaches its target.
pub(super) fn of_rule(rule: &Read<EventRule>) -> Read<String> {
    match rule {
        Read::Found(rule) => rule
            .target_role_arns
            .first()
            .cloned()
            .map_or(Read::Missing, Read::Found),
        Read::Missing => Read::Missing,
        Read::NotRead(why) => Read::NotRead(why.clone()),
    }
}

/// The roles of the functions that the state machine invokes, which are called as *start* is.
pub(super) async fn of_functions(
    client: &functions::Client,
    start_name: &str,
) -> Vec<(Holder, Read<String>)> {
    let prefix = start_name.strip_suffix("start").unwrap_or(start_name);
    let mut roles = Vec::new();
    for (holder, step) in STEPS {
        let name = format!("{prefix}{step}");
        let function = FunctionRef {
            name: &name,
            qualifier: None,
        };
        let described = functions::describe_function(client, function).await;
        let role = found(described.map(|function| function.map(|function| function.role_arn)));
        roles.push((holder, role));
    }
    roles
}
