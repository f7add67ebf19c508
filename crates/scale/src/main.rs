//! The Lambda function of *scale*: wiring only.

use spotmanager_scale::Scale;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let scale = Scale::new(&spotmanager_aws::load("spotmanager-scale"));
    spotmanager_function::serve(async |input| scale.run(input).await).await
}
