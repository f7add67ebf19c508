//! The findings, to be read.

use std::fmt;

use console::{StyledObject, style};
use spotmanager_doctor::{Diagnosis, Finding, Link, LinkState, NotChecked, Pair, Severity};

use super::document::Counts;
use crate::table::table;

/// What was found, with what fixes it, and what was looked at.
#[derive(Debug)]
pub(super) struct Report<'a> {
    pub(super) spotmanager_stack: Option<&'a str>,
    pub(super) diagnosis: &'a Diagnosis,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Diagnosis {
            pairs,
            findings,
            chain,
            not_checked,
        } = self.diagnosis;
        let has_pairs = pairs.len() > 1;
        for pair in pairs {
            writeln!(f, "{}", looked_at(pair))?;
        }
        if let Some(stack) = self.spotmanager_stack.filter(|_| !chain.is_empty()) {
            let ok = chain.iter().filter(|link| link.state == LinkState::Ok);
            writeln!(
                f,
                "SpotManager {stack}: {} of {} links ok",
                ok.count(),
                chain.len()
            )?;
        }
        let counts = Counts::of(findings);
        writeln!(f, "{}", counted(counts))?;
        if !findings.is_empty() {
            let mut table = table(&["severity", "about", "what was found, and what fixes it"]);
            for finding in findings {
                table.add_row([
                    severity(finding.severity).to_string(),
                    of_pair(&finding.subject, &finding.pair),
                    told(finding),
                ]);
            }
            writeln!(f, "{}", table.trim_fmt())?;
        }
        if !chain.is_empty() {
            let mut table = table(&["chain", "", "what was found"]);
            table.add_rows(chain.iter().map(|link| row(link, has_pairs)));
            writeln!(f, "{}", table.trim_fmt())?;
        }
        self.write_end(f, counts, not_checked)
    }
}

impl Report<'_> {
    /// The last line: all is well only if everything was looked at.
    fn write_end(
        &self,
        f: &mut fmt::Formatter<'_>,
        counts: Counts,
        not_checked: &[NotChecked],
    ) -> fmt::Result {
        let mut missed = Vec::new();
        for NotChecked {
            what, why, pair, ..
        } in not_checked
        {
            missed.push(format!("{} ({why})", of_pair(what, pair)));
        }
        if self.diagnosis.is_well() {
            let all_is_well = style("nothing keeps SpotManager from working").green();
            return writeln!(f, "{all_is_well}");
        }
        let found = match counts {
            Counts {
                error: 0,
                warning: 0,
                note: 0,
            } => "no finding",
            Counts {
                error: 0,
                warning: 0,
                ..
            } => "no error and no warning",
            Counts { error: 0, .. } => "no error",
            Counts { .. } => "SpotManager cannot work until the errors are fixed",
        };
        let end = if missed.is_empty() {
            found.to_owned()
        } else {
            format!("{found}; not looked at: {}", missed.join(", "))
        };
        let end = style(end);
        let end = if counts.error > 0 {
            end.red()
        } else {
            end.yellow()
        };
        writeln!(f, "{end}")
    }
}

/// A pair, and how far it was looked at.
fn looked_at(pair: &Pair) -> String {
    let group = |id: &Option<String>| id.clone().unwrap_or_else(|| "not found".to_owned());
    let Pair {
        stack_name,
        spot_group,
        on_demand_group,
        checks_passed,
        checks_done,
        checks,
        ..
    } = pair;
    let done = if checks_done == checks {
        String::new()
    } else {
        format!(", {} not done", checks - checks_done)
    };
    format!(
        "stack {stack_name}: spot {}, on-demand {}; {checks_passed} of {checks} checks passed{done}",
        group(spot_group),
        group(on_demand_group)
    )
}

fn counted(counts: Counts) -> String {
    let Counts {
        error,
        warning,
        note,
    } = counts;
    let counted = [(error, "error"), (warning, "warning"), (note, "note")]
        .map(|(count, of)| format!("{count} {of}{}", if count == 1 { "" } else { "s" }));
    counted.join(", ")
}

/// What something is about, with the pair if it is of one of several.
fn of_pair(subject: &str, pair: &Option<String>) -> String {
    match pair {
        None => subject.to_owned(),
        Some(pair) => format!("{subject} of {pair}"),
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

fn row(link: &Link, has_pairs: bool) -> [String; 3] {
    let subject = style(short(&link.subject)).dim();
    let between = if link.state == LinkState::NotChecked {
        ": "
    } else {
        " "
    };
    let pair = link.pair.as_ref().filter(|_| has_pairs);
    [
        of_pair(&link.link.to_string().replace('_', " "), &pair.cloned()),
        state(link.state).to_string(),
        format!("{subject}{between}{}", link.detail),
    ]
}

fn state(state: LinkState) -> StyledObject<&'static str> {
    match state {
        LinkState::Ok => style("ok").green(),
        LinkState::Warning => style("warning").yellow(),
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
            pair: None,
        }
    }

    fn diagnosis(findings: &[Finding]) -> Diagnosis {
        Diagnosis {
            pairs: vec![Pair {
                name: "farm/asgGPUSpot".into(),
                stack_name: "farm".into(),
                spot_group: Some("asgGPUSpot".into()),
                on_demand_group: Some("asgGPU".into()),
                checks_passed: 16,
                checks_done: 17,
                checks: 17,
            }],
            findings: findings.to_vec(),
            chain: Vec::new(),
            not_checked: Vec::new(),
        }
    }

    fn told_of(diagnosis: &Diagnosis) -> String {
        let report = Report {
            spotmanager_stack: Some("sm"),
            diagnosis,
        };
        console::strip_ansi_codes(&report.to_string()).into_owned()
    }

    fn expect(told: &str, parts: &[&str]) {
        for part in parts {
            assert!(told.contains(part), "{part} in {told}");
        }
    }

    fn not_checked(what: &str) -> NotChecked {
        NotChecked {
            what: what.into(),
            why: format!("{what} was refused"),
            missing_action: None,
            pair: None,
        }
    }

    #[test]
    fn each_finding_is_told_with_its_fix_after_what_was_looked_at() {
        let told = told_of(&diagnosis(&[
            finding(Severity::Error),
            finding(Severity::Note),
        ]));
        expect(
            &told,
            &[
                "stack farm: spot asgGPUSpot, on-demand asgGPU; 16 of 17 checks passed\n",
                "1 error, 0 warnings, 1 note",
                "error     asgGPUSpot  ALARM_SCALES_UP An alarm fires its policy.",
                "fix: Take it out.",
                "cannot work until the errors are fixed",
            ],
        );
        assert!(!told.contains("nothing keeps"), "{told}");
    }

    #[test]
    fn all_is_well_only_if_everything_was_looked_at_and_nothing_warned_of() {
        expect(
            &told_of(&diagnosis(&[])),
            &["nothing keeps SpotManager from working"],
        );
        let noted = diagnosis(&[finding(Severity::Note)]);
        expect(
            &told_of(&noted),
            &["nothing keeps SpotManager from working"],
        );
        let mut unseen = diagnosis(&[]);
        unseen.not_checked = vec![not_checked("the alarms")];
        unseen.pairs[0].checks_done = 11;
        let told = told_of(&unseen);
        expect(
            &told,
            &[
                "16 of 17 checks passed, 6 not done",
                "no finding; not looked at: the alarms (the alarms was refused)",
            ],
        );
        assert!(!told.contains("nothing keeps"), "{told}");
        let warned = told_of(&diagnosis(&[finding(Severity::Warning)]));
        assert!(!warned.contains("nothing keeps"), "{warned}");
        expect(&warned, &["no error\n"]);
    }

    #[test]
    fn each_link_is_listed_and_a_pair_of_several_is_named() {
        let link = |link, state, detail: &str, pair: Option<&str>| Link {
            link,
            state,
            subject: "arn:aws:lambda:eu-west-1:111122223333:function:sm-start".into(),
            detail: detail.into(),
            missing_action: None,
            pair: pair.map(str::to_owned),
        };
        let mut several = diagnosis(&[Finding {
            pair: Some("farm/asgGPUSpot".into()),
            ..finding(Severity::Warning)
        }]);
        several.pairs.push(Pair {
            name: "mill/asgGPUSpot".into(),
            stack_name: "mill".into(),
            ..several.pairs[0].clone()
        });
        several.chain = vec![
            link(
                LinkName::Alarm,
                LinkState::Ok,
                "acts on it",
                Some("mill/asgGPUSpot"),
            ),
            link(
                LinkName::Permission,
                LinkState::NotChecked,
                "was refused",
                None,
            ),
            link(LinkName::DeadLetters, LinkState::Warning, "holds 2", None),
            link(
                LinkName::Function,
                LinkState::Broken,
                "does not exist",
                None,
            ),
        ];
        several.not_checked = vec![not_checked("permission")];
        expect(
            &told_of(&several),
            &[
                "stack mill: spot",
                "SpotManager sm: 1 of 4 links ok",
                "asgGPUSpot of farm/asgGPUSpot",
                "alarm of mill/asgGPUSpot  ok           function:sm-start acts on it",
                "permission                not checked  function:sm-start: was refused",
                "dead letters              warning      function:sm-start holds 2",
                "function                  broken       function:sm-start does not exist",
                "no error; not looked at: permission (permission was refused)",
            ],
        );
    }
}
