//! The Lambda function of *evaluate*: wiring only.

use jiff::Timestamp;
use spotmanager_evaluate::Evaluate;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let evaluate = Evaluate::new(&spotmanager_aws::load("spotmanager-evaluate"));
    spotmanager_function::serve(async |input| evaluate.run(input, Timestamp::now()).await).await
}
