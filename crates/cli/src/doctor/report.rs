//! The findings, to be read.

use std::fmt;

use console::{StyledObject, style};
use spotmanager_doctor::{Finding, Link, LinkState, NotChecked, Severity};

use super::document::Counts;
use crate::story::table;

/// What was found, with what fixes it.
#[derive(Debug)]
pub(super) struct Report<'a> {
    pub(super) stack_name: &'a str,
    pub(super) spotmanager_stack: Option<&'a str>,
    pub(super) findings: &'a [Finding],
    pub(super) chain: &'a [Link],
    pub(super) not_checked: &'a [NotChecked],
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts {
            error,
            warning,
            note,
        } = Counts::of(self.findings);
        let counted = [(error, "error"), (warning, "warning"), (note, "note")]
            .map(|(count, of)| format!("{count} {of}{}", if count == 1 { "" } else { "s" }));
        writeln!(f, "stack {}: {}", self.stack_name, counted.join(", "))?;
        if !self.findings.is_empty() {
            let mut table = table(&["severity", "about", "what is so, and what fixes it"]);
            for finding in self.findings {
                table.add_row([
                    severity(finding.severity).to_string(),
                    finding.subject.clone(),
                    told(finding),
                ]);
            }
            writeln!(f, "{}", table.trim_fmt())?;
        }
        if !self.chain.is_empty() {
            let mut table = table(&["chain", "", "what was found"]);
            table.add_rows(self.chain.iter().map(row));
            writeln!(f, "{}", table.trim_fmt())?;
        }
        // The links among it are in the table.
        let is_unchecked = |link: &&Link| link.state == LinkState::NotChecked;
        let links = self.chain.iter().filter(is_unchecked).count();
        for NotChecked { what, why, .. } in self.not_checked.iter().skip(links) {
            writeln!(f, "{} {what}: {why}", style("not checked:").yellow())?;
        }
        if error == 0 && self.not_checked.is_empty() {
            let all_is_well = style("nothing keeps SpotManager from working").green();
            writeln!(f, "{all_is_well}")?;
        } else if error == 0 {
            let what: Vec<_> = self.not_checked.iter().map(|one| &*one.what).collect();
            let what = what.join(", ");
            let in_part = format!("no error in what was checked; not checked: {what}");
            writeln!(f, "{}", style(in_part).yellow())?;
        }
        if self.spotmanager_stack.is_none() {
            let hint = "SpotManager's own stack was not looked at; --spotmanager-stack NAME does";
            writeln!(f, "{}", style(hint).dim())?;
        }
        Ok(())
    }
}

fn severity(severity: Severity) -> StyledObject<Severity> {
    let told = style(severity);
    match severity {
        Severity::Error => told.red().bold(),
        Severity::Warning => told.yellow(),
        Severity::Note => told.cyan(),
    }
}

fn row(link: &Link) -> [String; 3] {
    let subject = style(short(&link.subject)).dim();
    let between = if link.state == LinkState::NotChecked {
        ": "
    } else {
        " "
    };
    [
        link.link.to_string().replace('_', " "),
        state(link.state).to_string(),
        format!("{subject}{between}{}", link.detail),
    ]
}

fn state(state: LinkState) -> StyledObject<&'static str> {
    match state {
        LinkState::Ok => style("ok").green(),
        LinkState::Broken => style("broken").red().bold(),
        LinkState::NotChecked => style("not checked").yellow(),
    }
}

/// An ARN's last parts; what is no ARN stays whole.
fn short(subject: &str) -> &str {
    subject.splitn(6, ':').nth(5).unwrap_or(subject)
}

fn told(finding: &Finding) -> String {
    let (rule, fix) = (style(finding.rule).dim(), style("fix:").green());
    format!("{rule} {}\n{fix} {}", finding.problem, finding.fix)
}

#[cfg(test)]
mod tests {
    use spotmanager_doctor::{LinkName, Rule};

    use super::*;

    fn finding(severity: Severity) -> Finding {
        Finding {
            severity,
            rule: Rule::AlarmScalesUp,
            subject: "asgGPUSpot".into(),
            problem: "An alarm fires its policy.".into(),
            fix: "Take it out.".into(),
        }
    }

    fn told_of(findings: &[Finding], spotmanager_stack: Option<&str>) -> String {
        let report = Report {
            stack_name: "farm",
            spotmanager_stack,
            findings,
            chain: &[],
            not_checked: &[],
        };
        console::strip_ansi_codes(&report.to_string()).into_owned()
    }

    #[test]
    fn each_finding_is_told_with_its_fix() {
        let told = told_of(
            &[finding(Severity::Error), finding(Severity::Note)],
            Some("sm"),
        );
        for part in [
            "stack farm: 1 error, 0 warnings, 1 note",
            "error     asgGPUSpot  ALARM_SCALES_UP An alarm fires its policy.",
            "fix: Take it out.",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
        for part in ["nothing keeps", "--spotmanager-stack"] {
            assert!(!told.contains(part), "{part} in {told}");
        }
    }

    #[test]
    fn where_nothing_is_found_that_is_told() {
        let told = told_of(&[], None);
        for part in [
            "stack farm: 0 errors, 0 warnings, 0 notes",
            "nothing keeps SpotManager from working",
            "--spotmanager-stack NAME",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
    }

    #[test]
    fn each_link_is_listed_and_what_was_not_checked_is_not_called_well() {
        let link = |link, state, detail: &str| Link {
            link,
            state,
            subject: "arn:aws:lambda:eu-west-1:111122223333:function:sm-start".into(),
            detail: detail.into(),
            missing_action: None,
        };
        let report = Report {
            stack_name: "farm",
            spotmanager_stack: Some("sm"),
            findings: &[],
            chain: &[
                link(
                    LinkName::TopicPolicy,
                    LinkState::Ok,
                    "lets the alarm publish",
                ),
                link(LinkName::Permission, LinkState::NotChecked, "was refused"),
                link(LinkName::Function, LinkState::Broken, "does not exist"),
            ],
            not_checked: &["permission", "the queue jobs"].map(|what| NotChecked {
                what: what.into(),
                why: format!("{what} was refused"),
                missing_action: None,
            }),
        };
        let told = report.to_string();
        let told = console::strip_ansi_codes(&told);
        for part in [
            "topic policy  ok           function:sm-start lets the alarm publish",
            "permission    not checked  function:sm-start: was refused",
            "function      broken       function:sm-start does not exist",
            "not checked: the queue jobs: the queue jobs was refused",
            "no error in what was checked; not checked: permission, the queue jobs",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
        assert!(!told.contains("nothing keeps"), "{told}");
        assert!(!told.contains("permission was refused"), "{told}");
    }
}
