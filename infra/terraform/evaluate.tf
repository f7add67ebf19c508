# The function that holds the spot price against the limit.

resource "aws_cloudwatch_log_group" "evaluate" {
  # checkov:skip=CKV_AWS_338:log_retention_days says how long; Step Functions keeps an execution for 90 days besides.
  name              = "/aws/lambda/${var.name}-evaluate"
  retention_in_days = var.log_retention_days
  kms_key_id        = local.has_kms_key ? var.kms_key_arn : null
}

resource "aws_iam_role" "evaluate" {
  name = "${var.name}-${local.region}-evaluate"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Service = "lambda.amazonaws.com"
        }
        Action = "sts:AssumeRole"
      },
    ]
  })
}

resource "aws_iam_role_policy" "evaluate" {
  name = "evaluate"
  role = aws_iam_role.evaluate.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.evaluate.arn}:*"
      },
      {
        Effect = "Allow"
        Action = [
          "autoscaling:DescribeScalingActivities",
          "ec2:DescribeSpotPriceHistory",
          "ec2:GetSpotPlacementScores",
          "pricing:GetProducts",
        ]
        Resource = "*"
      },
      {
        Effect   = "Allow"
        Action   = "events:PutEvents"
        Resource = "arn:${local.partition}:events:${local.region}:${local.account_id}:event-bus/default"
        Condition = {
          "ForAllValues:StringEquals" = {
            "events:source" = ["spotmanager"]
          }
          Null = {
            "events:source" = "false"
          }
        }
      },
    ]
  })
}

resource "aws_lambda_function" "evaluate" {
  # checkov:skip=CKV_AWS_272:A signing profile is the account's to give; two builds of one commit are the same bytes, with their SHA-256 beside them.
  # checkov:skip=CKV_AWS_50:The execution's history has each step's input, output and time.
  # checkov:skip=CKV_AWS_115:Concurrency is the account's to give; a step that is throttled is tried again.
  # checkov:skip=CKV_AWS_117:It calls AWS's public endpoints only, and nothing in a VPC.
  # checkov:skip=CKV_AWS_116:The state machine invokes it, waits for it, and sees its error.
  function_name = "${var.name}-evaluate"
  description   = "The spot price against the limit, and the verdict."
  runtime       = "provided.al2023"
  handler       = "bootstrap"
  architectures = [var.architecture]
  memory_size   = 128
  timeout       = 60
  role          = aws_iam_role.evaluate.arn
  s3_bucket     = var.artifact_bucket
  s3_key        = "${var.artifact_prefix}evaluate.zip"

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.evaluate.name
  }
}
