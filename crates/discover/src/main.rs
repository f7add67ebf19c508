//! The Lambda function of *discover*: wiring only.

use spotmanager_discover::Discover;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let discover = Discover::new(&spotmanager_aws::load("spotmanager-discover").await);
    let variable = |name: &str| std::env::var(name).ok();
    spotmanager_function::serve(async |input| discover.run(input, variable).await).await
}
