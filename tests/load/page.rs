//! The page `docs/load.md`, made from what was seen.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};

use crate::report::{self, Report};

const HEAD: &str = "\
# What many alarms at once bring

Each section is a run of `cargo xtask load` on the local AWS, with the real functions and the real
state machine, and writes itself anew. Every transition of an alarm is a message to its stack's SNS
topic, which is delivered one to three times, at any time within the run. The run fails unless
every transition has one execution, which succeeded, and every stack has one instance more for each
of its transitions, with as many scaling policies executed; unless nothing lies in the dead-letter
queue; and unless nothing runs any more.

Calls are throttled as AWS throttles an account in a region: each call takes a token, and buckets
fill again by the second. Where AWS gives no figure one is assumed.

";

/// Writes the run's section in place of an earlier one of the same load, or adds it.
pub(crate) fn write(report: &Report<'_>) -> Result<()> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/load.md");
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let page = with_section(&kept, &report.load.to_string(), &report.to_string());
    fs::write(&path, page).context("docs/load.md cannot be written")
}

fn with_section(kept: &str, heading: &str, body: &str) -> String {
    let written = format!("{heading}\n\n{body}");
    let mut sections: Vec<&str> = kept.split("\n## ").skip(1).collect();
    let mut headings = sections.iter().map(|section| section.lines().next());
    match headings.position(|of| of == Some(heading)) {
        Some(place) => sections[place] = &written,
        None => sections.push(&written),
    }
    let mut page = format!("{HEAD}{}\n", report::rates());
    for section in sections {
        page.push_str("\n## ");
        page.push_str(section);
    }
    page
}
