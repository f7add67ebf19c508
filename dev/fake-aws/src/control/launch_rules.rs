//! What a group does if LaunchInstances is called on it, where AWS does not say.

use std::collections::HashMap;

use tokio::sync::watch;

/// What a group does if LaunchInstances is called on it. The pages on the call leave it open or
/// contradict each other, so a caller has to cope with either.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchInstances.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaunchRules {
    /// Whether a token's answer is kept too if nothing launched, so that the same call again gets the
    /// same errors for eight hours. Otherwise it is a new attempt. At first true.
    pub remembers_failures: bool,
    /// What becomes of a call that would lead above MaxSize. At first it is refused.
    pub above_max_size: AboveMaxSize,
    /// Whether DesiredCapacity rises by all that was requested if EC2 does not have it, even with
    /// the retry strategy `none`, so that the group goes on trying. At first false.
    pub failures_raise_desired: bool,
    /// Whether EC2 finds what a call launched by the call's token. At first true.
    pub shows_tokens: bool,
    /// Whether calls wait before they launch anything, until this is false again. At first false.
    pub hold: bool,
}

/// What becomes of a call that would lead above MaxSize.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AboveMaxSize {
    /// It is refused, and launches nothing.
    Refused,
    /// It launches what there is room for.
    Capped,
}

impl Default for LaunchRules {
    fn default() -> Self {
        Self {
            remembers_failures: true,
            above_max_size: AboveMaxSize::Refused,
            failures_raise_desired: false,
            shows_tokens: true,
            hold: false,
        }
    }
}

/// The rules by group; a group without has the default.
#[derive(Debug, Default)]
pub(crate) struct RulesOfGroups(watch::Sender<HashMap<String, LaunchRules>>);

impl RulesOfGroups {
    pub(crate) fn set(&self, group: &str, rules: LaunchRules) {
        let group = group.to_owned();
        self.0.send_modify(|all| {
            all.insert(group, rules);
        });
    }

    /// The rules of the group, once it holds no call.
    pub(crate) async fn once_let_go(&self, group: &str) -> LaunchRules {
        let of = |all: &HashMap<String, LaunchRules>| all.get(group).copied().unwrap_or_default();
        let mut changes = self.0.subscribe();
        let rules = changes.wait_for(|all| !of(all).hold).await;
        // There is a sender as long as there is this value.
        rules.map(|all| of(&all)).unwrap_or_default()
    }
}
