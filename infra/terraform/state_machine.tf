# The state machine, its role and its log.

resource "aws_cloudwatch_log_group" "state_machine" {
  # checkov:skip=CKV_AWS_338:log_retention_days says how long; Step Functions keeps an execution for 90 days besides.
  name              = "/aws/vendedlogs/states/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = local.has_kms_key ? var.kms_key_arn : null
}

resource "aws_iam_role" "state_machine" {
  name = "${var.name}-${local.region}-state-machine"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Service = "states.amazonaws.com"
        }
        Action = "sts:AssumeRole"
        Condition = {
          StringEquals = {
            "aws:SourceAccount" = local.account_id
          }
          ArnEquals = {
            "aws:SourceArn" = "arn:${local.partition}:states:${local.region}:${local.account_id}:stateMachine:${var.name}"
          }
        }
      },
    ]
  })
}

resource "aws_iam_role_policy" "state_machine" {
  name = "stateMachine"
  role = aws_iam_role.state_machine.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Effect = "Allow"
          Action = "lambda:InvokeFunction"
          Resource = [
            aws_lambda_function.discover.arn,
            aws_lambda_function.evaluate.arn,
            aws_lambda_function.scale.arn,
            aws_lambda_function.verify.arn,
          ]
        },
        {
          Effect   = "Allow"
          Action   = "sns:Publish"
          Resource = aws_sns_topic.operations.arn
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
          Action   = "states:StartExecution"
          Resource = "arn:${local.partition}:states:${local.region}:${local.account_id}:stateMachine:${var.name}"
        },
        {
          Effect = "Allow"
          Action = [
            "logs:CreateLogDelivery",
            "logs:GetLogDelivery",
            "logs:UpdateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:DescribeResourcePolicies",
            "logs:DescribeLogGroups",
          ]
          Resource = "*"
        },
      ],
      local.has_kms_key ? [{
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = var.kms_key_arn
        Condition = {
          StringEquals = {
            "kms:EncryptionContext:aws:states:stateMachineArn" = "arn:${local.partition}:states:${local.region}:${local.account_id}:stateMachine:${var.name}"
          }
        }
      }] : [],
      local.has_kms_key ? [{
        Effect   = "Allow"
        Action   = "kms:GenerateDataKey"
        Resource = var.kms_key_arn
        Condition = {
          StringEquals = {
            "kms:EncryptionContext:SourceArn" = "arn:${local.partition}:logs:${local.region}:${local.account_id}:*"
          }
        }
      }] : [],
      local.has_kms_key ? [{
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = var.kms_key_arn
        Condition = {
          StringEquals = {
            "kms:EncryptionContext:aws:sns:topicArn" = aws_sns_topic.operations.arn
          }
        }
      }] : [],
    )
  })
}

resource "aws_sfn_state_machine" "state_machine" {
  # checkov:skip=CKV_AWS_284:The execution's history has each step's input, output and time.
  name     = var.name
  type     = "STANDARD"
  role_arn = aws_iam_role.state_machine.arn
  definition = templatefile("${path.module}/../../statemachine/spotmanager.asl.json", {
    Partition           = local.partition
    DiscoverFunctionArn = aws_lambda_function.discover.arn
    EvaluateFunctionArn = aws_lambda_function.evaluate.arn
    ScaleFunctionArn    = aws_lambda_function.scale.arn
    VerifyFunctionArn   = aws_lambda_function.verify.arn
    OperationsTopicArn  = aws_sns_topic.operations.arn
  })

  # Always given: the provider takes an absent block for no change, and a key would stay.
  encryption_configuration {
    type                              = local.has_kms_key ? "CUSTOMER_MANAGED_KMS_KEY" : "AWS_OWNED_KEY"
    kms_key_id                        = local.has_kms_key ? var.kms_key_arn : null
    kms_data_key_reuse_period_seconds = local.has_kms_key ? 300 : null
  }

  logging_configuration {
    level                  = "ERROR"
    include_execution_data = true
    log_destination        = "${aws_cloudwatch_log_group.state_machine.arn}:*"
  }

  # Step Functions looks for the right to the log when the machine is made.
  depends_on = [aws_iam_role_policy.state_machine]
}
