//! *discover*: an execution's input, with its stack's name and its settings.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use spotmanager_domain::{
    DiscoverInput, Execution, execution_name, is_stack_arn, is_stack_name, stack_name_of,
};
use spotmanager_fuzz::{assert_settings_hold, json, read};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some(event) = json(data) else {
        return Corpus::Reject;
    };
    if let Some(DiscoverInput {
        context,
        execution,
        input,
    }) = read::<DiscoverInput>(&event)
    {
        let stack = &input.stack_name;
        let name = stack_name_of(stack);
        assert_eq!(
            is_stack_name(name),
            is_stack_name(stack) || is_stack_arn(stack)
        );
        // A name that was given leaves room for its digest.
        let execution = match context {
            Some(context) => Some(Execution::of(&context, &input)),
            None => execution,
        };
        if let Some(execution) = execution
            && execution_name::is_given(&execution.name)
        {
            assert!(execution.name.len() >= 32);
        }
        assert!(execution_name::prefix(name).len() <= 41);
        assert_settings_hold(input.settings);
    }
    Corpus::Keep
});
