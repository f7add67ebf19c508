# The function that looks whether capacity arrived.

resource "aws_cloudwatch_log_group" "verify" {
  # checkov:skip=CKV_AWS_338:log_retention_days says how long; Step Functions keeps an execution for 90 days besides.
  name              = "/aws/lambda/${var.name}-verify"
  retention_in_days = var.log_retention_days
  kms_key_id        = local.has_kms_key ? var.kms_key_arn : null
}

resource "aws_iam_role" "verify" {
  name = "${var.name}-${local.region}-verify"
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

resource "aws_iam_role_policy" "verify" {
  name = "verify"
  role = aws_iam_role.verify.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = "${aws_cloudwatch_log_group.verify.arn}:*"
        },
        {
          Effect   = "Allow"
          Action   = ["autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeAutoScalingInstances", "autoscaling:DescribeScalingActivities"]
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
        {
          Effect   = "Allow"
          Action   = "states:ListExecutions"
          Resource = "arn:${local.partition}:states:${local.region}:${local.account_id}:stateMachine:${var.name}"
        },
        {
          Effect   = "Allow"
          Action   = "states:DescribeExecution"
          Resource = "arn:${local.partition}:states:${local.region}:${local.account_id}:execution:${var.name}:*"
        },
      ],
      local.has_kms_key ? [{
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = var.kms_key_arn
        Condition = {
          StringEquals = {
            "kms:ViaService"                                   = ["states.${local.region}.amazonaws.com", "states.${local.region}.${local.dns_suffix}"]
            "kms:EncryptionContext:aws:states:stateMachineArn" = "arn:${local.partition}:states:${local.region}:${local.account_id}:stateMachine:${var.name}"
          }
        }
      }] : [],
    )
  })
}

resource "aws_lambda_function" "verify" {
  # checkov:skip=CKV_AWS_272:A signing profile is the account's to give; two builds of one commit are the same bytes, with their SHA-256 beside them.
  # checkov:skip=CKV_AWS_50:The execution's history has each step's input, output and time.
  # checkov:skip=CKV_AWS_115:Concurrency is the account's to give; a step that is throttled is tried again.
  # checkov:skip=CKV_AWS_117:It calls AWS's public endpoints only, and nothing in a VPC.
  # checkov:skip=CKV_AWS_116:The state machine invokes it, waits for it, and sees its error.
  function_name = "${var.name}-verify"
  description   = "Looks whether the capacity arrived."
  runtime       = "provided.al2023"
  handler       = "bootstrap"
  architectures = [var.architecture]
  memory_size   = 128
  timeout       = 30
  role          = aws_iam_role.verify.arn
  s3_bucket     = var.artifact_bucket
  s3_key        = "${var.artifact_prefix}verify.zip"

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.verify.name
  }
}
