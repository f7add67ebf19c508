//! The Lambda function of *discover*: wiring only.

use jiff::Timestamp;
use spotmanager_discover::Discover;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let discover = Discover::new(&spotmanager_aws::load("spotmanager-discover"));
    let variable = |name: &str| std::env::var(name).ok();
    // Boxed, for the SDK's futures are nested deeper than the compiler follows.
    spotmanager_function::serve(async |input| {
        Box::pin(discover.run(input, variable, Timestamp::now())).await
    })
    .await
}
