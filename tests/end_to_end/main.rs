//! The whole path, through the templates, the state machine and the functions as they are
//! deployed: from a message in the queue, or an execution started by hand, to the groups.

mod by_hand;
mod cli;
mod command;
mod deduplication;
mod definition;
mod deploy;
mod doctor_chain;
mod enforcement;
mod from_the_alarm;
mod inbox;
mod least_privilege;
mod losses;
mod notifications;
mod permissions;
mod redrive;
mod refusals;
mod return_to_spot;
mod rounds;
mod scoping;
mod several_stacks;
mod template;
mod tutorial;
mod verify_on_aws;
mod workers;

use std::process::ExitCode;

/// Most of a test is waiting for AWS.
const AT_ONCE: usize = 3;

fn main() -> anyhow::Result<ExitCode> {
    spotmanager_tests::run("end_to_end", |suite| {
        suite.at_once(AT_ONCE);
        // Takes longest, beside the others.
        tutorial::add(suite);
        verify_on_aws::add(suite);
        definition::add(suite);
        least_privilege::add(suite);
        from_the_alarm::add(suite);
        deduplication::add(suite);
        by_hand::add(suite);
        redrive::add(suite);
        refusals::add(suite);
        rounds::add(suite);
        return_to_spot::add(suite);
        losses::add(suite);
        notifications::add(suite);
        several_stacks::add(suite);
        permissions::add(suite);
        scoping::add(suite);
        enforcement::add(suite);
        cli::add(suite);
        deploy::add(suite);
        doctor_chain::add(suite);
    })
}
