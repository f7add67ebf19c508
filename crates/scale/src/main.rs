//! The Lambda function of *scale*: wiring only.

use jiff::Timestamp;
use spotmanager_function::Versioned;
use spotmanager_scale::Scale;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let scale = Scale::new(&spotmanager_aws::load("spotmanager-scale"));
    // Boxed, because the SDK's futures are nested deeper than the compiler follows.
    spotmanager_function::serve(async |event| match event {
        Versioned::Present(input) => Box::pin(scale.run(input, Timestamp::now())).await,
        Versioned::Previous(input) => Box::pin(scale.run_previous(input)).await,
    })
    .await
}
