//! The Lambda function of *verify*: wiring only.

use jiff::Timestamp;
use spotmanager_aws::reports::Reporter;
use spotmanager_domain::{PreviousVerifyInput, VerifyInput, flow::Sender};
use spotmanager_function::Versioned;
use spotmanager_verify::{Verify, VerifyError};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let config = spotmanager_aws::load("spotmanager-verify");
    let verify = Verify::new(&config);
    let reporter = Reporter::new(&config);
    // Boxed, because the SDK's futures are nested deeper than the compiler follows.
    spotmanager_function::serve(async |event: Versioned<VerifyInput, PreviousVerifyInput>| {
        match event {
            Versioned::Present(input) => {
                let sender = Sender::of(&input.discovery);
                let mut output = Box::pin(verify.run(input, Timestamp::now())).await?;
                if let (Some(sender), Some(step)) = (sender, &mut output.step) {
                    output.reported = Box::pin(reporter.report(&sender, step)).await;
                }
                Ok::<_, VerifyError>(output)
            }
            Versioned::Previous(input) => {
                Box::pin(verify.run_previous(input, Timestamp::now())).await
            }
        }
    })
    .await
}
