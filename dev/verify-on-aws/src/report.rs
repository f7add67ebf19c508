//! What came of the checks.

use std::fmt::{self, Display, Formatter};

use crate::print;

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// The assumption holds; what was seen.
    Held(String),
    /// It does not; what was seen.
    DidNotHold(String),
    /// Nothing is known, as the options or the endpoint have it; why.
    NotRun(String),
    /// Nothing is known because something else went wrong; what.
    Failed(String),
}

impl Display for Finding {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Held(seen) => write!(f, "held ({seen})"),
            Self::DidNotHold(seen) => write!(f, "did not hold ({seen})"),
            Self::NotRun(why) => write!(f, "not run ({why})"),
            Self::Failed(what) => write!(f, "not run (error: {what})"),
        }
    }
}

/// The findings so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report {
    findings: Vec<Finding>,
    /// Whether the person at the terminal ended it.
    pub(crate) is_interrupted: bool,
}

impl Report {
    /// Shows and keeps a finding.
    pub(crate) fn add(&mut self, check: &str, finding: Finding) {
        // A cause may have several lines.
        let line = finding.to_string().replace('\n', " ");
        print::result(format_args!("{check}: {line}"));
        self.findings.push(finding);
    }

    /// Whether every check that ran held.
    pub(crate) fn all_held(&self) -> bool {
        let is_fine = |finding: &Finding| matches!(finding, Finding::Held(_) | Finding::NotRun(_));
        !self.is_interrupted
            && self.findings.iter().all(is_fine)
            && self.count(|finding| matches!(finding, Finding::Held(_))) > 0
    }

    fn count(&self, is: impl Fn(&Finding) -> bool) -> usize {
        self.findings.iter().filter(|finding| is(finding)).count()
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let held = self.count(|finding| matches!(finding, Finding::Held(_)));
        let not = self.count(|finding| matches!(finding, Finding::DidNotHold(_)));
        let rest = self.findings.len() - held - not;
        write!(f, "{held} held, {not} did not hold, {rest} not run")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(findings: &[Finding]) -> Report {
        Report {
            findings: findings.to_vec(),
            is_interrupted: false,
        }
    }

    #[test]
    fn only_what_ran_and_held_is_a_success() {
        let held = Finding::Held("it".to_owned());
        let not_run = Finding::NotRun("no key".to_owned());
        assert!(report(&[held.clone(), not_run.clone()]).all_held());
        for other in [
            Finding::DidNotHold("no".to_owned()),
            Finding::Failed("s3:PutObject".to_owned()),
        ] {
            assert!(!report(&[held.clone(), other]).all_held());
        }
        assert!(!report(&[not_run]).all_held());
        let mut interrupted = report(&[held]);
        interrupted.is_interrupted = true;
        assert!(!interrupted.all_held());
    }
}
