//! A function with one client of AWS, as *scale* and *verify* have it, and one call that it could
//! make.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use spotmanager_aws::auto_scaling::{Client, describe_groups};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let client = Client::new(&spotmanager_aws::load("spotmanager-floor"));
    let client = &client;
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<String>| {
        count(client, &event.payload).await
    }))
    .await
}

async fn count(client: &Client, group: &str) -> Result<usize, Error> {
    Ok(describe_groups(client, [group]).await?.len())
}
