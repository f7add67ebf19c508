//! The findings, to be read.

use std::fmt;

use console::{StyledObject, style};
use spotmanager_doctor::{Finding, Severity};

use super::document::Counts;
use crate::story::table;

/// What was found, with what mends it.
#[derive(Debug)]
pub(super) struct Report<'a> {
    pub(super) stack_name: &'a str,
    pub(super) spotmanager_stack: Option<&'a str>,
    pub(super) findings: &'a [Finding],
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
            let mut table = table(&["severity", "about", "what is so, and what mends it"]);
            for finding in self.findings {
                table.add_row([
                    severity(finding.severity).to_string(),
                    finding.subject.clone(),
                    told(finding),
                ]);
            }
            writeln!(f, "{}", table.trim_fmt())?;
        }
        if error == 0 {
            let all_is_well = style("nothing keeps SpotManager from working").green();
            writeln!(f, "{all_is_well}")?;
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

fn told(finding: &Finding) -> String {
    let (rule, fix) = (style(finding.rule).dim(), style("fix:").green());
    format!("{rule} {}\n{fix} {}", finding.problem, finding.fix)
}

#[cfg(test)]
mod tests {
    use spotmanager_doctor::Rule;

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
}
