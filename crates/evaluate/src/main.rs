//! The Lambda function of *evaluate*: wiring only.

use jiff::Timestamp;
use spotmanager_aws::reports::Reporter;
use spotmanager_domain::{EvaluateInput, flow::Sender};
use spotmanager_evaluate::{Evaluate, EvaluateError};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let config = spotmanager_aws::load("spotmanager-evaluate");
    let evaluate = Evaluate::new(&config);
    let reporter = Reporter::new(&config);
    spotmanager_function::serve(async |input: EvaluateInput| {
        let sender = Sender::of_evaluation(&input);
        let mut output = evaluate.run(input, Timestamp::now()).await?;
        if let Some(sender) = sender {
            output.reported = reporter.report(&sender, &mut output.step).await;
        }
        Ok::<_, EvaluateError>(output)
    })
    .await
}
