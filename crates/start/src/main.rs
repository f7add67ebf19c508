//! The Lambda function of *start*: wiring only.

use spotmanager_start::Start;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let start = Start::new(&spotmanager_aws::load("spotmanager-start"), |name| {
        std::env::var(name).ok()
    });
    spotmanager_function::serve(async |event| start.run(event).await).await
}
