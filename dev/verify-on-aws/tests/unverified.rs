//! `docs/unverified.md` against the checks: each names the other.

use std::collections::BTreeSet;

use spotmanager_verify_on_aws::CHECKS;

const PAGE: &str = include_str!("../../../docs/unverified.md");
const FIELDS: [&str; 4] = ["Assumed", "Rests on", "AWS says", "Settled by"];

/// The assumptions, each a section of the third level.
fn assumptions() -> Vec<(&'static str, &'static str)> {
    let sections = PAGE.split("\n### ").skip(1);
    let sections = sections.map(|section| section.split_once('\n').unwrap_or((section, "")));
    sections.collect()
}

fn field<'a>(section: &'a str, name: &str) -> Option<&'a str> {
    let begin = format!("- **{name}:** ");
    section.lines().find_map(|line| line.strip_prefix(&begin))
}

/// The names after the word "check".
fn checks(settled_by: &str) -> impl Iterator<Item = &str> {
    let after = settled_by.split("check `").skip(1);
    after.filter_map(|rest| Some(rest.split_once('`')?.0))
}

#[test]
fn every_check_is_on_the_page_and_no_other() {
    let known: BTreeSet<_> = CHECKS.iter().map(|check| check.name).collect();
    let named: BTreeSet<_> = assumptions()
        .iter()
        .filter_map(|(_, section)| field(section, "Settled by"))
        .flat_map(checks)
        .collect();
    assert_eq!(named, known);
}

#[test]
fn every_assumption_says_what_settles_it() {
    let all = assumptions();
    assert!(all.len() > CHECKS.len(), "{all:?}");
    for (title, section) in all {
        for name in FIELDS {
            let text = field(section, name).unwrap_or_default();
            assert!(!text.is_empty(), "{title} has no {name}");
        }
        let aws_says = field(section, "AWS says").unwrap_or_default();
        assert!(
            aws_says.contains("https://docs.aws.amazon.com/"),
            "{title} has no page of AWS"
        );
        let settled_by = field(section, "Settled by").unwrap_or_default();
        let by_hand = settled_by.contains("by hand");
        assert!(
            by_hand || checks(settled_by).next().is_some(),
            "{title} is settled by nothing"
        );
        assert_eq!(
            by_hand,
            section.contains("```sh\n"),
            "{title}: what is done by hand has a command"
        );
    }
}

#[test]
fn the_files_that_rest_on_it_exist() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    for (title, section) in assumptions() {
        let rests_on = field(section, "Rests on").unwrap_or_default();
        let paths: Vec<_> = rests_on
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|word| word.contains('/'))
            .collect();
        assert!(!paths.is_empty(), "{title} rests on no file");
        for path in paths {
            let there = std::path::Path::new(root).join(path).exists();
            assert!(there, "{title}: {path} is missing");
        }
    }
}
