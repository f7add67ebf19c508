//! A topic of another deployment, which CreateTopic would hand to the module.
//! See <https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html>.

use anyhow::{Context, Result};
use aws_sdk_sns::{Client, types::Tag};

use crate::{cloud::Cloud, engine::Engine, workspace::Workspace};

const ROOT: &str = include_str!("adopting.tf");
const REGION: &str = "eu-west-1";

pub(crate) async fn test(cloud: &Cloud, engine: &Engine) -> Result<()> {
    let client = Client::new(&cloud.config_in(REGION));
    let workers = format!("taken-{}", engine.provider.0);
    let topic_name = format!("{workers}-jobs-to-do");
    let mut environment = cloud.local.environment();
    environment.push(("TF_VAR_workers".to_owned(), workers));
    let workspace = Workspace::new(&cloud.checkout, engine, ROOT, environment).await?;
    let apply = [
        "apply",
        "-auto-approve",
        "-target=module.spotmanager.aws_sns_topic.jobs",
    ];
    let others = Tag::builder().key("spotmanager:deployment").value("other");
    // A topic of the template's has tags of CloudFormation's, or none.
    for tags in [vec![], vec![others.build()?]] {
        let topic = client.create_topic().name(&topic_name).set_tags(Some(tags));
        let topic = topic.send().await?;
        let arn = topic.topic_arn().context("no ARN")?;
        workspace
            .expect_error(&apply, "Topic already exists with different tags")
            .await?;
        client.delete_topic().topic_arn(arn).send().await?;
    }
    Ok(())
}
