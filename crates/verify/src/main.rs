//! The Lambda function of *verify*: wiring only.

use jiff::Timestamp;
use spotmanager_function::Versioned;
use spotmanager_verify::Verify;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let verify = Verify::new(&spotmanager_aws::load("spotmanager-verify"));
    // Boxed, because the SDK's futures are nested deeper than the compiler follows.
    spotmanager_function::serve(async |event| match event {
        Versioned::Present(input) => Box::pin(verify.run(input, Timestamp::now())).await,
        Versioned::Previous(input) => Box::pin(verify.run_previous(input, Timestamp::now())).await,
    })
    .await
}
