//! The Lambda function of *verify*: wiring only.

use jiff::Timestamp;
use spotmanager_verify::Verify;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let verify = Verify::new(&spotmanager_aws::load("spotmanager-verify"));
    spotmanager_function::serve(async |input| verify.run(input, Timestamp::now()).await).await
}
