//! `cargo xtask event`, as it is called.

use std::process::{Command, Output};

use anyhow::{Result, ensure};
use serde_json::{Value, json};

fn event(arguments: &[&str]) -> Result<Output> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    Ok(command.arg("event").args(arguments).output()?)
}

fn printed(arguments: &[&str]) -> Result<Value> {
    let output = event(arguments)?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{errors}");
    Ok(serde_json::from_slice(&output.stdout)?)
}

#[test]
fn without_a_case_they_are_listed() -> Result<()> {
    let output = event(&["verify"])?;
    ensure!(output.status.success());
    let listed = String::from_utf8(output.stdout)?;
    ensure!(listed.starts_with("base "), "{listed}");
    let mut lines = listed.lines();
    ensure!(lines.any(|line| line.starts_with("withdrawn ")), "{listed}");
    Ok(())
}

#[test]
fn names_times_and_further_changes_are_those_of_the_account() -> Result<()> {
    let patch = r#"{"discovery": {"on_demand_group": {"instance_types": ["g5.xlarge"]}}}"#;
    let names = ["--stack", "farm", "--on-demand-group", "gpu"];
    let arguments = [&["scale", "lower"], &names[..], &["--patch", patch]].concat();
    let event = printed(&arguments)?;
    let discovery = &event["discovery"];
    assert_eq!(discovery["stack_name"], "farm");
    let group = &discovery["on_demand_group"];
    assert_eq!(group["auto_scaling_group_name"], "gpu");
    assert_eq!(group["instance_types"], json!(["g5.xlarge"]));
    let began = "2026-01-01T00:00:00Z";
    assert_ne!(discovery["execution"]["started_at"], began);

    let time = json!({"discovery": {"execution": {"started_at": began}}}).to_string();
    let event = printed(&["verify", "arrived", "--patch", &time])?;
    assert_eq!(event["discovery"]["execution"]["started_at"], began);
    Ok(())
}

#[test]
fn the_input_of_an_execution_stands_alone() -> Result<()> {
    let input = printed(&["discover", "queue", "--stack", "farm", "--input"])?;
    let expected = json!({"stack_name": "farm", "settings": {"queue_logical_id": "queue"}});
    assert_eq!(input, expected);
    Ok(())
}

#[test]
fn what_is_not_there_is_refused() -> Result<()> {
    for (arguments, part) in [
        (&["verify", "none"][..], "it has base, arrived"),
        (
            &["verify", "arrived", "--input"],
            "only an event of discover",
        ),
        (&["verify", "arrived", "--patch", "{"], "EOF"),
        (&["verify", "--stack", "farm"], "<CASE>"),
    ] {
        let output = event(arguments)?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(!output.status.success(), "{arguments:?}");
        ensure!(errors.contains(part), "{errors}");
    }
    Ok(())
}
