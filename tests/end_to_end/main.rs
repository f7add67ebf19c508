//! The whole path, through the templates, the state machine and the functions as they are
//! deployed: from a message in the queue, or an execution started by hand, to the groups.

mod access;
mod answered;
mod backtest;
mod backtest_refusals;
mod by_hand;
mod cli;
mod command;
mod deduplication;
mod definition;
mod deploy;
mod deploy_checks;
mod deploy_interrupted;
mod doctor_chain;
mod doctor_operation;
mod doctor_reports;
mod doctor_states;
mod documents;
mod enforcement;
mod failed_evaluation;
mod from_the_alarm;
mod inbox;
mod init;
mod instance_types;
mod launches;
mod least_privilege;
mod listener;
mod losses;
mod notifications;
mod outcome;
mod own_pair;
mod permissions;
mod redrive;
mod refusals;
mod refused_early;
mod replay;
mod return_to_spot;
mod rounds;
mod run_decision;
mod run_flow;
mod scale_calls;
mod scoping;
mod several_stacks;
mod shell;
mod sized_pair;
mod sizing;
mod template;
mod terminal;
mod tutorial;
mod upgrade;
mod verify_on_aws;
mod workers;

use std::process::ExitCode;

/// Most of a test is waiting for AWS.
const AT_ONCE: usize = 3;

fn main() -> anyhow::Result<ExitCode> {
    spotmanager_testbed::run("end_to_end", |suite| {
        suite.at_once(AT_ONCE);
        // Takes longest, beside the others.
        tutorial::add(suite);
        verify_on_aws::add(suite);
        // The default bus hands each group's events to every deployment: these count what is left over.
        replay::add(suite);
        doctor_chain::add(suite);
        doctor_operation::add(suite);
        doctor_states::add(suite);
        doctor_reports::add(suite);
        definition::add(suite);
        least_privilege::add(suite);
        from_the_alarm::add(suite);
        instance_types::add(suite);
        deduplication::add(suite);
        by_hand::add(suite);
        failed_evaluation::add(suite);
        redrive::add(suite);
        refusals::add(suite);
        rounds::add(suite);
        sizing::add(suite);
        launches::add(suite);
        return_to_spot::add(suite);
        losses::add(suite);
        notifications::add(suite);
        outcome::add(suite);
        several_stacks::add(suite);
        permissions::add(suite);
        scoping::add(suite);
        enforcement::add(suite);
        access::add(suite);
        terminal::add(suite);
        cli::add(suite);
        backtest::add(suite);
        backtest_refusals::add(suite);
        deploy::add(suite);
        deploy_checks::add(suite);
        deploy_interrupted::add(suite);
        upgrade::add(suite);
        init::add(suite);
        run_decision::add(suite);
        run_flow::add(suite);
        refused_early::add(suite);
        documents::add(suite);
    })
}
