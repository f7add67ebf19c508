//! From the arguments to the report.

use std::process::ExitCode;

use crate::{
    account::Account,
    arguments::Arguments,
    checks, consent,
    cost::Cost,
    error::VerifyError,
    exit,
    names::Names,
    package::Package,
    print,
    region::Region,
    stage::Stage,
    throwaway::{Leftovers, delete},
    waits::Waits,
};

/// Verifies, or cleans up, and shows what came of it on standard output.
pub async fn run(arguments: Arguments) -> ExitCode {
    let done = match &arguments.clean_up {
        Some(suffix) => Box::pin(clean_up(&arguments, suffix)).await,
        None => Box::pin(verify(&arguments)).await,
    };
    done.unwrap_or_else(|error| exit::failed(&error))
}

async fn verify(arguments: &Arguments) -> Result<ExitCode, VerifyError> {
    let package = Package::read(&arguments.package, arguments.template.as_deref())?;
    let region = Region::first(arguments).await?;
    let second_region = Region::second(arguments, &region).await?;
    let account = Account::read(&region.config).await?;
    show(&account, [Some(&region), second_region.as_ref()]);
    print::result(Cost);
    let prompt = "Create the throw-away deployment, check, and delete it again?";
    if !consent::ask(arguments.yes, prompt)? {
        return Ok(ExitCode::from(1));
    }
    let waits = Waits::listen()?;
    let names = Names::random();
    print::result(format_args!(
        "everything is called {}…; `--clean-up {}` deletes what is left if this run is killed",
        names.spotmanager(),
        names.suffix()
    ));
    let mut stage = Stage {
        account,
        names,
        package,
        region,
        second_region,
        waits,
        instance_type: arguments.instance_type,
        subnets: arguments.subnets.clone(),
        deployed: None,
        held_job: None,
        launch: None,
        execution: None,
        key_arn: None,
    };
    let report = Box::pin(checks::run_all(
        &mut stage,
        arguments.with_key,
        arguments.keep_going,
    ))
    .await;
    stage.say("deleting everything");
    let regions = [Some(&stage.region), stage.second_region.as_ref()];
    let is_deleted = delete_all(&stage.account, regions, &stage.names, &stage.waits).await;
    print::result(&report);
    Ok(if report.is_interrupted {
        exit::failed(&VerifyError::Interrupted)
    } else if report.all_held() && is_deleted {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn clean_up(arguments: &Arguments, suffix: &str) -> Result<ExitCode, VerifyError> {
    let names = Names::of_suffix(suffix)?;
    let region = Region::first(arguments).await?;
    let second = Region::second(arguments, &region).await?;
    let account = Account::read(&region.config).await?;
    show(&account, [Some(&region), second.as_ref()]);
    let prompt = format!("Delete {} and what belongs to it?", names.spotmanager());
    if !consent::ask(arguments.yes, &prompt)? {
        return Ok(ExitCode::from(1));
    }
    let waits = Waits::listen()?;
    let regions = [Some(&region), second.as_ref()];
    Ok(match delete_all(&account, regions, &names, &waits).await {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn show(account: &Account, regions: [Option<&Region>; 2]) {
    let regions: Vec<_> = regions.into_iter().flatten().collect();
    let names: Vec<_> = regions.iter().map(|region| region.name.as_str()).collect();
    print::result(format_args!("account: {}", account.id));
    print::result(format_args!("caller: {}", account.caller_arn));
    print::result(format_args!("region: {}", names.join(", ")));
}

/// Whether nothing is left but what goes by itself.
async fn delete_all(
    account: &Account,
    regions: [Option<&Region>; 2],
    names: &Names,
    waits: &Waits,
) -> bool {
    let waits = waits.anew();
    let mut left = Leftovers::default();
    for region in regions.into_iter().flatten() {
        let of_region = Box::pin(delete(account, region, names, &waits)).await;
        left.pending.extend(of_region.pending);
        left.failed.extend(of_region.failed);
    }
    for pending in &left.pending {
        print::result(format_args!("pending deletion: {pending}"));
    }
    for failed in &left.failed {
        print::result(format_args!("not deleted: {failed}"));
    }
    if left.failed.is_empty() {
        print::result("everything else is deleted");
    } else {
        print::result(format_args!("`--clean-up {}` tries again", names.suffix()));
    }
    left.failed.is_empty()
}
