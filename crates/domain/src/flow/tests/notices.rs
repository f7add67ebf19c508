//! What a message to the operations topic says in addition to what failed.

use super::*;

/// The message of an execution of this ARN for this stack that fails.
fn message(stack_name: &str, execution_arn: Option<&str>) -> [String; 2] {
    let discovery = found(|found| found.stack_name = stack_name.into());
    let mut execution = testing::execution(began_at());
    match execution_arn {
        Some(arn) => execution.origin.as_mut().unwrap().execution_arn = arn.into(),
        None => execution.origin = None,
    }
    let played = decided_in(discovery, execution, DEAR).fails(DENIED, "no");
    let message = played.machine.messages.last().unwrap();
    [message.subject.clone(), message.page.clone()]
}

#[test]
fn a_message_names_the_stack_also_if_its_arn_was_given() {
    let arn = "arn:aws:cloudformation:us-east-1:123456789012:stack/render-farm/1a2b";
    for stack_name in ["render-farm", arn] {
        let [subject, _] = message(stack_name, None);
        assert_eq!(subject, "SpotManager failed for render-farm");
        let stuck = decided(found(|found| found.stack_name = stack_name.into()), CHEAP)
            .scaled()
            .looked(CapacityStatus::NoCapacity)
            .fails(DENIED, "no");
        let subject = "SpotManager could not stand the spot group down for render-farm";
        assert_eq!(stuck.machine.messages[0].subject, subject);
    }
}

#[test]
fn a_message_links_the_execution_s_page_in_its_partition_s_console() {
    for (partition, region, domain) in [
        ("aws", "eu-west-1", "console.aws.amazon.com"),
        ("aws-cn", "cn-north-1", "console.amazonaws.cn"),
        (
            "aws-us-gov",
            "us-gov-west-1",
            "console.amazonaws-us-gov.com",
        ),
    ] {
        let arn = format!("arn:{partition}:states:{region}:123456789012:execution:sm:name");
        let [_, page] = message("farm", Some(&arn));
        let expected = format!(
            "\nExecution: https://{region}.{domain}/states/home?region={region}#/v2/executions/details/{arn}\nIn a terminal: spotmanager explain {arn}"
        );
        assert_eq!(page, expected);
    }
}

#[test]
fn without_a_known_console_it_has_the_execution_s_arn_and_without_an_arn_nothing() {
    let arn = "arn:aws-iso:states:us-iso-east-1:123456789012:execution:sm:name";
    let [_, page] = message("farm", Some(arn));
    let expected = format!("\nExecution: {arn}\nIn a terminal: spotmanager explain {arn}");
    assert_eq!(page, expected);
    assert_eq!(message("farm", None)[1], "");
}
