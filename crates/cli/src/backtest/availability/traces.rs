//! The files that hold traces.

use std::{collections::BTreeSet, fs::File, io::BufReader};

use anyhow::{Context, Result, ensure};
use spotmanager_backtest::Trace;

/// Reads each file, whose zone stands before `=`, or else begins the file's name.
pub(super) fn read(files: &[String]) -> Result<Vec<Trace>> {
    let mut zones = BTreeSet::new();
    files
        .iter()
        .map(|given| {
            let (zone, path) = given
                .split_once('=')
                .unwrap_or_else(|| (zone_of(given), given));
            ensure!(
                zones.insert(zone),
                "there are two traces of {zone}; another zone is named as in ZONE={path}"
            );
            let file = File::open(path).with_context(|| format!("cannot read {path}"))?;
            Ok(Trace::read(zone, BufReader::new(file))?)
        })
        .collect()
}

/// `us-east-1a` of `traces/us-east-1a.p3.2xlarge.json`.
fn zone_of(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.split('.').next().unwrap_or(name)
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
    fn a_file_that_is_not_there_is_named() {
        let error = read(&["a=nowhere.json".to_owned()]).unwrap_err();
        assert!(error.to_string().contains("nowhere.json"), "{error}");
    }

    #[test]
    fn another_form_is_refused_with_its_zone() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let error = read(&[format!("a={file}")]).unwrap_err();
        assert!(error.to_string().contains("the trace of a"), "{error}");
    }
}
