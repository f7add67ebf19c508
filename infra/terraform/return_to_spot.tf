# The schedule that looks whether spot can take over from on-demand.

resource "aws_scheduler_schedule_group" "return_to_spot" {
  count = local.returns_to_spot ? 1 : 0

  name = var.name
}

resource "aws_iam_role" "return_to_spot" {
  count = local.returns_to_spot ? 1 : 0

  name = "${var.name}-${local.region}-return-to-spot"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Service = "scheduler.amazonaws.com"
        }
        Action = "sts:AssumeRole"
        Condition = {
          StringEquals = {
            "aws:SourceAccount" = local.account_id
          }
          ArnEquals = {
            "aws:SourceArn" = aws_scheduler_schedule_group.return_to_spot[0].arn
          }
        }
      },
    ]
  })
}

resource "aws_iam_role_policy" "return_to_spot" {
  count = local.returns_to_spot ? 1 : 0

  name = "returnToSpot"
  role = aws_iam_role.return_to_spot[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Effect   = "Allow"
          Action   = "lambda:InvokeFunction"
          Resource = aws_lambda_function.start.arn
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
    )
  })
}

resource "aws_scheduler_schedule" "return_to_spot" {
  # checkov:skip=CKV_AWS_297:Without an input the schedule holds nothing to be kept secret.
  count = local.returns_to_spot ? 1 : 0

  # In a group of its own.
  name                         = "return-to-spot"
  group_name                   = aws_scheduler_schedule_group.return_to_spot[0].name
  description                  = "Looks whether spot can take over from on-demand."
  schedule_expression          = local.has_maintenance_window ? var.maintenance_window : var.return_to_spot_rate
  schedule_expression_timezone = var.maintenance_window_timezone

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_function.start.arn
    role_arn = aws_iam_role.return_to_spot[0].arn

    dead_letter_config {
      arn = aws_sqs_queue.dead_letter.arn
    }
  }
}
