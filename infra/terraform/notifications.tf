# What EventBridge carries, for those who would rather subscribe than write a rule.

resource "aws_sns_topic" "notifications" {
  name              = "${var.name}-notifications"
  kms_master_key_id = local.has_kms_key ? var.kms_key_arn : null
}

resource "aws_sns_topic_policy" "notifications_topic" {
  arn = aws_sns_topic.notifications.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "NobodyButTheRule"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.notifications.arn
        Condition = {
          ArnNotEquals = {
            "aws:PrincipalArn" = aws_iam_role.notifications.arn
          }
        }
      },
      {
        Sid       = "NothingWithoutTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.notifications.arn
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
      },
    ]
  })
}

resource "aws_iam_role" "notifications" {
  name = "${var.name}-${local.region}-notifications"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Service = "events.amazonaws.com"
        }
        Action = "sts:AssumeRole"
        Condition = {
          StringEquals = {
            "aws:SourceAccount" = local.account_id
          }
          ArnEquals = {
            "aws:SourceArn" = "arn:${local.partition}:events:${local.region}:${local.account_id}:rule/${var.name}-notices"
          }
        }
      },
    ]
  })
}

resource "aws_iam_role_policy" "notifications" {
  name = "notifications"
  role = aws_iam_role.notifications.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Effect   = "Allow"
          Action   = "sns:Publish"
          Resource = aws_sns_topic.notifications.arn
        },
      ],
      local.has_kms_key ? [{
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = var.kms_key_arn
        Condition = {
          StringEquals = {
            "kms:EncryptionContext:aws:sns:topicArn" = aws_sns_topic.notifications.arn
          }
        }
      }] : [],
    )
  })
}

resource "aws_cloudwatch_event_rule" "notifications" {
  name        = "${var.name}-notices"
  description = "Every decision, outcome, fallback and failure of this deployment."
  event_pattern = jsonencode({
    source = ["spotmanager"]
    detail = {
      state_machine_arn = [aws_sfn_state_machine.state_machine.arn]
    }
  })
}

resource "aws_cloudwatch_event_target" "notifications" {
  rule      = aws_cloudwatch_event_rule.notifications.name
  target_id = "notifications"
  arn       = aws_sns_topic.notifications.arn
  role_arn  = aws_iam_role.notifications.arn

  dead_letter_config {
    arn = aws_sqs_queue.dead_letter.arn
  }
}
