//! Files as they are read.

use crate::{
    cost::Change,
    history::{Gatherer, History, HistoryError, Wanted},
};

fn wanted() -> Wanted {
    Wanted {
        product_description: "Linux/UNIX".to_owned(),
        ..Wanted::default()
    }
}

fn read(wanted: Wanted, text: &str) -> Result<History, HistoryError> {
    let mut gatherer = Gatherer::new(wanted);
    gatherer.read("history", text.as_bytes())?;
    gatherer.finish()
}

fn changes(history: History) -> Vec<Change> {
    history.changes().collect::<Result<_, _>>().unwrap()
}

const JSON: &str = r#"
    {"SpotPriceHistory": [
        {"AvailabilityZone": "eu-west-1b", "InstanceType": "g4dn.xlarge", "ProductDescription": "Linux/UNIX",
         "SpotPrice": "0.210400", "Timestamp": "2026-01-01T01:00:00+00:00"},
        {"AvailabilityZone": "eu-west-1a", "InstanceType": "g4dn.xlarge", "ProductDescription": "Linux/UNIX",
         "SpotPrice": "0.2", "Timestamp": "2026-01-01T00:00:00.000Z"},
        {"AvailabilityZone": "eu-west-1a", "InstanceType": "g4dn.xlarge", "ProductDescription": "Windows",
         "SpotPrice": "0.4", "Timestamp": "2026-01-01T00:00:00.000Z"},
        {"AvailabilityZone": "eu-west-1a", "InstanceType": "g4dn.xlarge", "ProductDescription": "Linux/UNIX",
         "SpotPrice": "cheap", "Timestamp": "2026-01-01T00:00:00.000Z"}
    ], "NextToken": null}
    {"SpotPriceHistory": [
        {"AvailabilityZone": "eu-west-1a", "InstanceType": "g4dn.xlarge",
         "SpotPrice": "0.3", "Timestamp": "2025-12-31T00:00:00Z"}
    ]}"#;

const CSV: &str = "\
Timestamp,InstanceType,AvailabilityZone,SpotPrice
2026-01-01T01:00:00Z,g4dn.xlarge,eu-west-1b,0.210400
2026-01-01T00:00:00Z,g4dn.xlarge,eu-west-1a,0.2
2026-01-01T00:00:00Z,g4dn.xlarge,eu-west-1a,cheap
2025-12-31T00:00:00Z,g4dn.xlarge,eu-west-1a,0.3
";

#[test]
fn json_and_csv_tell_the_same_the_oldest_first() {
    let json = read(wanted(), JSON).unwrap();
    assert_eq!((json.records, json.rejected), (3, 1));
    assert!(json.seen.products.iter().eq(["Windows"]));
    let firsts: Vec<_> = json.firsts.iter().map(ToString::to_string).collect();
    assert_eq!(firsts, ["2025-12-31T00:00:00Z", "2026-01-01T01:00:00Z"]);
    assert_eq!(json.last, "2026-01-01T01:00:00Z".parse().ok());
    let zones = json
        .pools
        .iter()
        .map(|pool| pool.availability_zone.as_str());
    assert!(zones.eq(["eu-west-1a", "eu-west-1b"]));
    let json = changes(json);
    let told: Vec<_> = json.iter().map(|change| change.usd.to_string()).collect();
    assert_eq!(told, ["0.3", "0.2", "0.210400"]);
    let csv = read(wanted(), CSV).unwrap();
    assert_eq!((csv.records, csv.rejected), (3, 1));
    assert_eq!(changes(csv), json);
}

#[test]
fn only_the_types_and_zones_that_are_wanted_count_and_the_others_are_noted() {
    for (types, zones, records) in [
        (vec!["g4dn.xlarge"], vec!["eu-west-1b"], 1),
        (vec!["p3.2xlarge"], vec![], 0),
    ] {
        let wanted = Wanted {
            instance_types: types.into_iter().map(str::to_owned).collect(),
            availability_zones: zones.into_iter().map(str::to_owned).collect(),
            ..wanted()
        };
        let history = read(wanted, JSON).unwrap();
        assert_eq!(history.records, records);
        let (types, zones) = (
            &history.seen.instance_types,
            &history.seen.availability_zones,
        );
        if records == 0 {
            assert!(types.iter().eq(["g4dn.xlarge"]), "{types:?}");
        } else {
            assert!(zones.iter().eq(["eu-west-1a"]), "{zones:?}");
        }
    }
}

#[test]
fn an_unusable_record_is_named_by_place_field_value_and_what_it_should_be() {
    let json = read(wanted(), JSON).unwrap().problems;
    assert_eq!(json.len(), 1);
    let price = "SpotPrice is \"cheap\"; it should be a text of digits from 0 to 1000000";
    assert!(
        json[0].starts_with(&format!("history, record 4: {price}")),
        "{json:?}"
    );
    let csv = read(wanted(), CSV).unwrap().problems;
    assert!(
        csv[0].starts_with(&format!("history, line 4: {price}")),
        "{csv:?}"
    );
    let header = "AvailabilityZone,InstanceType,SpotPrice,Timestamp\n";
    for (row, named) in [
        (
            ",g4dn.xlarge,0.2,2026-01-01T00:00:00Z",
            "AvailabilityZone is empty",
        ),
        (
            "eu-west-1a,,0.2,2026-01-01T00:00:00Z",
            "InstanceType is empty",
        ),
        (
            "eu-west-1a,g4dn.xlarge,-1,2026-01-01T00:00:00Z",
            "SpotPrice is \"-1\"",
        ),
        (
            "eu-west-1a,g4dn.xlarge,0.2,2026-01-01",
            "Timestamp is \"2026-01-01\"",
        ),
    ] {
        let history = read(wanted(), &format!("{header}{row}\n")).unwrap();
        assert_eq!((history.records, history.rejected), (0, 1));
        let problem = history.problems.first().unwrap();
        assert!(
            problem.starts_with(&format!("history, line 2: {named}; it should be ")),
            "{problem}"
        );
    }
    for (price, named) in [
        ("0.2", "SpotPrice is 0.2, which is no text"),
        ("null", "SpotPrice is missing"),
        ("[1]", "SpotPrice is a list, which is no text"),
        ("{\"a\": 1}", "SpotPrice is an object, which is no text"),
    ] {
        let record =
            r#"{"AvailabilityZone": "a", "InstanceType": "b", "Timestamp": "2026-01-01T00:00:00Z""#;
        let text = format!("{{\"SpotPriceHistory\": [{record}, \"SpotPrice\": {price}}}]}}");
        let history = read(wanted(), &text).unwrap();
        let problem = history.problems.first().unwrap();
        assert!(
            problem.starts_with(&format!("history, record 1: {named}; it should be ")),
            "{problem}"
        );
    }
}

#[test]
fn a_line_with_too_few_or_too_many_fields_is_unusable_and_the_missing_columns_are_named() {
    let header = "AvailabilityZone,InstanceType,SpotPrice,Timestamp\n";
    let good = "eu-west-1a,g4dn.xlarge,0.2,2026-01-01T00:00:00Z\n";
    for (row, named) in [
        (
            "eu-west-1a,g4dn.xlarge,0.2",
            "Timestamp is missing: it has 3 fields; it should have 4, as many as line 1 names",
        ),
        (
            "eu-west-1a",
            "InstanceType, SpotPrice, Timestamp are missing: it has 1 field; it should have 4, as many as line 1 names",
        ),
        // Which of them is one too many is not known, so that no field is taken.
        (
            "eu-west-1a,g4dn.xlarge,0,2,2026-01-01T00:00:00Z",
            "it has 5 fields; it should have 4, as many as line 1 names",
        ),
    ] {
        let history = read(wanted(), &format!("{header}{row}\n{good}")).unwrap();
        assert_eq!((history.records, history.rejected), (1, 1));
        assert_eq!(history.problems, [format!("history, line 2: {named}")]);
    }
}

#[test]
fn of_many_unusable_records_the_first_three_are_named_and_all_are_counted() {
    let rows = "a,b,cheap,2026-01-01T00:00:00Z\n".repeat(9);
    let text = format!("AvailabilityZone,InstanceType,SpotPrice,Timestamp\n{rows}");
    let history = read(wanted(), &text).unwrap();
    assert_eq!((history.rejected, history.problems.len()), (9, 3));
}

#[test]
fn another_form_is_refused_by_name() {
    for (text, named) in [
        ("{\"Prices\": []}", "it has no SpotPriceHistory, but Prices"),
        ("{}", "it has no SpotPriceHistory"),
        (
            "{\"SpotPriceHistory\": [1]}",
            "integer `1`, expected a record with AvailabilityZone",
        ),
        ("{\"SpotPriceHistory\": [1]}", "line 1"),
        ("{\"SpotPriceHistory\": []", "EOF"),
        ("{\"SpotPriceHistory\": []} rest", "expected"),
        ("a,b\n1,2\n", "no column AvailabilityZone, but \"a, b\""),
        ("a\tb\n1\t2\n", "with commas between them"),
        ("", "it is empty"),
        ("\n \n", "it is empty"),
    ] {
        let error = read(wanted(), text).unwrap_err();
        // A cause stands in the message, so that it is not told again as the error's source.
        assert!(std::error::Error::source(&error).is_none(), "{error:?}");
        let error = error.to_string();
        assert!(error.contains(named), "{named} in {error}");
    }
}
