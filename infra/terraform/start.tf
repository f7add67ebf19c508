# The function that starts one execution per event.

resource "aws_cloudwatch_log_group" "start" {
  # checkov:skip=CKV_AWS_338:log_retention_days says how long; Step Functions keeps an execution for 90 days besides.
  name              = "/aws/lambda/${var.name}-start"
  retention_in_days = var.log_retention_days
  kms_key_id        = local.has_kms_key ? var.kms_key_arn : null
}

resource "aws_iam_role" "start" {
  name = "${var.name}-${local.region}-start"
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

resource "aws_iam_role_policy" "start" {
  name = "start"
  role = aws_iam_role.start.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = "${aws_cloudwatch_log_group.start.arn}:*"
        },
        {
          Effect   = "Allow"
          Action   = "states:StartExecution"
          Resource = "arn:${local.partition}:states:${local.region}:${local.account_id}:stateMachine:${var.name}"
        },
        {
          Effect   = "Allow"
          Action   = ["autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeAutoScalingInstances"]
          Resource = "*"
        },
        {
          Effect   = "Allow"
          Action   = "cloudwatch:ListTagsForResource"
          Resource = "arn:${local.partition}:cloudwatch:${local.region}:${local.account_id}:alarm:*"
        },
        {
          Effect   = "Allow"
          Action   = "sqs:SendMessage"
          Resource = aws_sqs_queue.dead_letter.arn
        },
      ],
      local.has_kms_key ? [{
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = var.kms_key_arn
        Condition = {
          StringEquals = {
            "kms:ViaService" = ["sqs.${local.region}.amazonaws.com", "sqs.${local.region}.${local.dns_suffix}"]
          }
        }
      }] : [],
      local.has_kms_key ? [{
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = var.kms_key_arn
        Condition = {
          StringEquals = {
            "kms:EncryptionContext:aws:lambda:FunctionArn" = "arn:${local.partition}:lambda:${local.region}:${local.account_id}:function:${var.name}-start"
          }
        }
      }] : [],
    )
  })
}

resource "aws_lambda_function" "start" {
  # checkov:skip=CKV_AWS_272:A signing profile is the account's to give; two builds of one commit are the same bytes, with their SHA-256 beside them.
  # checkov:skip=CKV_AWS_50:The execution's history has each step's input, output and time.
  # checkov:skip=CKV_AWS_115:Concurrency is the account's to give; a step that is throttled is tried again.
  # checkov:skip=CKV_AWS_117:It calls AWS's public endpoints only, and nothing in a VPC.
  function_name = "${var.name}-start"
  description   = "Starts one execution per event."
  runtime       = "provided.al2023"
  handler       = "bootstrap"
  architectures = [var.architecture]
  memory_size   = 128
  timeout       = 30
  role          = aws_iam_role.start.arn
  s3_bucket     = var.artifact_bucket
  s3_key        = "${var.artifact_prefix}start.zip"
  kms_key_arn   = local.has_kms_key ? var.kms_key_arn : null

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.start.name
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.dead_letter.arn
  }

  environment {
    variables = {
      STATE_MACHINE_ARN          = "arn:${local.partition}:states:${local.region}:${local.account_id}:stateMachine:${var.name}"
      TOPIC_SUFFIX               = var.topic_suffix
      STACK_NAME_FROM            = var.stack_name_from
      WORKERS_STACK_NAME         = var.workers_stack_name
      WORKER_PAIRS               = var.worker_pairs
      SPOT_GROUP_LOGICAL_ID      = var.spot_group_logical_id
      ON_DEMAND_GROUP_LOGICAL_ID = var.on_demand_group_logical_id
      QUEUE_LOGICAL_ID           = var.queue_logical_id
    }
  }

  # Lambda looks for the right to the queue when the function is made.
  depends_on = [aws_iam_role_policy.start]
}
