# The topic that the alarm tells, and its way to the start function.

resource "aws_sns_topic" "jobs" {
  name              = "${var.workers_stack_name}${var.topic_suffix}"
  kms_master_key_id = local.has_kms_key ? var.kms_key_arn : null

  # SNS hands an existing topic to whoever creates it again, unless the tags differ. With this tag
  # it refuses the topic of another deployment, which the module would otherwise take over.
  # https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
  tags = {
    "spotmanager:deployment" = var.name
  }
}

resource "aws_sns_topic_policy" "alarm_topics" {
  for_each = {
    jobs       = aws_sns_topic.jobs.arn
    operations = aws_sns_topic.operations.arn
  }

  arn = each.value
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "AlarmsOfThisAccountAndRegion"
        Effect = "Allow"
        Principal = {
          Service = "cloudwatch.amazonaws.com"
        }
        Action   = "sns:Publish"
        Resource = "*"
        Condition = {
          StringEquals = {
            "aws:SourceAccount" = local.account_id
          }
          ArnLike = {
            "aws:SourceArn" = "arn:${local.partition}:cloudwatch:${local.region}:${local.account_id}:alarm:*"
          }
        }
      },
      {
        Sid       = "NobodyElse"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sns:Publish"
        Resource  = "*"
        Condition = {
          Bool = {
            "aws:PrincipalIsAWSService" = "false"
          }
          ArnNotEquals = {
            "aws:PrincipalArn" = aws_iam_role.state_machine.arn
          }
        }
      },
      {
        Sid       = "NothingWithoutTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sns:Publish"
        Resource  = "*"
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
      },
    ]
  })
}

resource "aws_sns_topic_subscription" "jobs" {
  topic_arn = aws_sns_topic.jobs.arn
  protocol  = "lambda"
  endpoint  = aws_lambda_function.start.arn
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letter.arn
  })
}

# No source_account: SNS and EventBridge send none to Lambda, which then denies the call.
# https://docs.aws.amazon.com/lambda/latest/dg/with-sns-example.html
resource "aws_lambda_permission" "start" {
  function_name = aws_lambda_function.start.function_name
  action        = "lambda:InvokeFunction"
  principal     = "sns.amazonaws.com"
  source_arn    = aws_sns_topic.jobs.arn
}

resource "aws_lambda_function_event_invoke_config" "start" {
  function_name                = aws_lambda_function.start.function_name
  qualifier                    = "$LATEST"
  maximum_retry_attempts       = 2
  maximum_event_age_in_seconds = 3600
}
