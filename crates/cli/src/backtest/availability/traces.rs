//! The files that hold traces.

use std::{collections::BTreeSet, fs};

use anyhow::{Context, Result};
use spotmanager_backtest::{Trace, TraceKind};

use crate::arguments::Mistaken;

/// Reads each file, whose zone stands before `=`, or else begins the file's name.
pub(super) fn read(files: &[String]) -> Result<Vec<Trace>> {
    let named = named(files)?.into_iter();
    named
        .map(|(zone, path)| {
            let text = fs::read(path).with_context(|| format!("cannot read {path}"))?;
            let kind = TraceKind::of_file(file_name(path));
            Trace::read(zone, kind, &text[..]).with_context(|| format!("cannot use {path}"))
        })
        .collect()
}

/// The zone and the path of each file.
fn named(files: &[String]) -> Result<Vec<(&str, &str)>, Mistaken> {
    let mut zones = BTreeSet::new();
    let named = files.iter().map(|given| {
        let (zone, path) = given
            .split_once('=')
            .unwrap_or_else(|| (zone_of(given), given));
        if zone.is_empty() || path.is_empty() {
            let expected = "a file such as us-east-1a.json, or us-east-1a=FILE";
            return Err(Mistaken::new("TRACE", format_args!("{given:?}"), expected));
        }
        if !zones.insert(zone) {
            return Err(Mistaken::together(format!(
                "there are two traces of {zone}; another zone is named as in ZONE={path}"
            )));
        }
        Ok((zone, path))
    });
    named.collect()
}

/// `us-east-1a` of `traces/us-east-1a.p3.2xlarge.json`.
fn zone_of(path: &str) -> &str {
    let name = file_name(path);
    name.split('.').next().unwrap_or(name)
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zone_begins_the_file_s_name() {
        assert_eq!(zone_of("traces/us-east-1a.p3.2xlarge.json"), "us-east-1a");
        assert_eq!(zone_of("b.json"), "b");
    }

    #[test]
    fn a_trace_of_preemptions_is_known_by_its_file_not_by_its_folder() {
        let folder = tempfile::Builder::new().prefix("preemption").tempdir();
        let folder = folder.unwrap();
        let json = r#"{"metadata": {"gap_seconds": 34}, "data": [1, 0]}"#;
        for (name, kind) in [
            ("a.16-node.json", TraceKind::Availability),
            ("a.4-node-preemption.json", TraceKind::Preemption),
        ] {
            let path = folder.path().join(name);
            fs::write(&path, json).unwrap();
            let traces = read(&[format!("a={}", path.display())]).unwrap();
            assert_eq!(traces[0].kind(), kind, "{name}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = read(&["a=nowhere.json".to_owned()]).unwrap_err();
        assert!(error.to_string().contains("nowhere.json"), "{error}");
    }

    #[test]
    fn a_trace_without_its_zone_or_its_file_and_a_second_one_of_a_zone_are_refused() {
        for (files, part) in [
            (
                &["=a.json"][..],
                "TRACE is \"=a.json\"; it should be a file",
            ),
            (&["a="], "TRACE is \"a=\""),
            (&[".json"], "TRACE is \".json\""),
            (&["traces/"], "TRACE is \"traces/\""),
            (&["a.json", "a=b.json"], "there are two traces of a"),
        ] {
            let files: Vec<_> = files.iter().map(|&file| file.to_owned()).collect();
            let error = named(&files).unwrap_err().to_string();
            assert!(error.starts_with(part), "{part} in {error}");
        }
    }

    #[test]
    fn another_form_is_refused_with_its_file_and_its_zone() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let error = read(&[format!("a={file}")]).unwrap_err();
        let error = format!("{error:#}");
        let expected = format!("cannot use {file}: the trace of a should be ");
        assert!(error.starts_with(&expected), "{error}");
    }

    #[test]
    fn a_folder_is_not_said_to_be_of_another_form() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        let error = read(&[format!("a={folder}")]).unwrap_err().to_string();
        assert_eq!(error, format!("cannot read {folder}"));
    }
}
