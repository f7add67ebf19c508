//! The client tokens of LaunchInstances: the same call again has no further effect.
//!
//! See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchInstances.html>. What a
//! token's parameters are and how far it reaches is not documented; here it stands for all of them,
//! the group included, in the whole account. A call that is refused does not use up its token.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::Asked;
use crate::{front::reply::Reply, services::auto_scaling::group::later};

/// How long a token stands for its first call, seconds.
pub(super) const WINDOW: f64 = 8.0 * 3600.0;

/// Every token that was used, with its call.
#[derive(Debug, Default)]
pub(crate) struct Tokens(HashMap<String, Used>);

#[derive(Debug)]
struct Used {
    asked: Asked,
    since: Timestamp,
    /// `None` as long as the call runs.
    answer: Option<Reply>,
}

/// What a call is under its token.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Begun {
    /// The first; its token is taken now.
    New,
    /// The same as one that runs.
    Running,
    /// The same as one that was answered so.
    Answered(Reply),
    /// Another than the first.
    Mismatch,
}

impl Tokens {
    pub(super) fn begin(&mut self, asked: &Asked, now: Timestamp, window: f64) -> Begun {
        self.0
            .retain(|_, used| used.answer.is_none() || now < later(used.since, window));
        match self.0.get(&asked.token) {
            Some(used) if used.asked != *asked => Begun::Mismatch,
            Some(used) => used
                .answer
                .as_ref()
                .map_or(Begun::Running, |reply| Begun::Answered(reply.clone())),
            None => {
                let used = Used {
                    asked: asked.clone(),
                    since: now,
                    answer: None,
                };
                self.0.insert(asked.token.clone(), used);
                Begun::New
            }
        }
    }

    /// Keeps what the call with this token was answered with.
    pub(super) fn answer(&mut self, token: &str, reply: Reply) {
        if let Some(used) = self.0.get_mut(token) {
            used.answer = Some(reply);
        }
    }

    /// Lets the next call with this token be the first.
    pub(super) fn forget(&mut self, token: &str) {
        self.0.remove(token);
    }

    /// Makes a group's tokens older, by so many seconds.
    pub(crate) fn age(&mut self, group: &str, seconds: f64) {
        let older = SignedDuration::try_from_secs_f64(seconds).unwrap_or_default();
        for used in self.0.values_mut().filter(|used| used.asked.group == group) {
            used.since = used.since.checked_sub(older).unwrap_or(Timestamp::MIN);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::front::request::Request;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn asked(group: &str, units: &str) -> Asked {
        let parameters = [
            ("AutoScalingGroupName", group),
            ("ClientToken", "jobs"),
            ("RequestedCapacity", units),
        ];
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let request = Request {
            parameters: HashMap::from(parameters),
            ..Request::default()
        };
        Asked::read(&request).unwrap()
    }

    #[test]
    fn a_token_stands_for_its_call_for_eight_hours() {
        let (mut tokens, call) = (Tokens::default(), asked("workers", "2"));
        assert_eq!(tokens.begin(&call, at(0), WINDOW), Begun::New);
        // A call that runs for longer is not begun again.
        assert_eq!(tokens.begin(&call, at(30_000), WINDOW), Begun::Running);
        let reply = Reply::auto_scaling("LaunchInstances", "two");
        tokens.answer(&call.token, reply.clone());
        let last = at(8 * 3600 - 1);
        assert_eq!(tokens.begin(&call, last, WINDOW), Begun::Answered(reply));
        for other in [asked("workers", "3"), asked("others", "2")] {
            assert_eq!(tokens.begin(&other, last, WINDOW), Begun::Mismatch);
        }
        assert_eq!(tokens.begin(&call, at(8 * 3600), WINDOW), Begun::New);
    }

    #[test]
    fn a_token_that_is_forgotten_or_aged_is_free() {
        let (mut tokens, call) = (Tokens::default(), asked("workers", "2"));
        tokens.begin(&call, at(0), WINDOW);
        tokens.forget(&call.token);
        assert_eq!(tokens.begin(&call, at(1), WINDOW), Begun::New);
        tokens.answer(&call.token, Reply::auto_scaling("LaunchInstances", ""));
        tokens.age("others", WINDOW);
        assert_ne!(tokens.begin(&call, at(1), WINDOW), Begun::New);
        tokens.age("workers", WINDOW);
        assert_eq!(tokens.begin(&call, at(1), WINDOW), Begun::New);
    }
}
