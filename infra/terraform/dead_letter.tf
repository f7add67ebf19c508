# Alarm events that could not be delivered, or that start could not answer.

resource "aws_sqs_queue" "dead_letter" {
  name                      = "${var.name}-dead-letter"
  sqs_managed_sse_enabled   = local.has_kms_key ? null : true
  kms_master_key_id         = local.has_kms_key ? var.kms_key_arn : null
  message_retention_seconds = 1209600
}

resource "aws_sqs_queue_policy" "dead_letter_queue" {
  queue_url = aws_sqs_queue.dead_letter.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Effect = "Allow"
          Principal = {
            Service = "sns.amazonaws.com"
          }
          Action   = "sqs:SendMessage"
          Resource = aws_sqs_queue.dead_letter.arn
          Condition = {
            ArnEquals = {
              "aws:SourceArn" = aws_sns_topic.jobs.arn
            }
          }
        },
        {
          Effect = "Allow"
          Principal = {
            Service = "events.amazonaws.com"
          }
          Action   = "sqs:SendMessage"
          Resource = aws_sqs_queue.dead_letter.arn
          Condition = {
            ArnEquals = {
              "aws:SourceArn" = aws_cloudwatch_event_rule.notifications.arn
            }
          }
        },
      ],
      var.replace_lost_capacity ? [{
        Effect = "Allow"
        Principal = {
          Service = "events.amazonaws.com"
        }
        Action   = "sqs:SendMessage"
        Resource = aws_sqs_queue.dead_letter.arn
        Condition = {
          ArnEquals = {
            "aws:SourceArn" = aws_cloudwatch_event_rule.lost_capacity[0].arn
          }
        }
      }] : [],
      [
        {
          Sid       = "NothingWithoutTls"
          Effect    = "Deny"
          Principal = "*"
          Action    = "sqs:*"
          Resource  = aws_sqs_queue.dead_letter.arn
          Condition = {
            Bool = {
              "aws:SecureTransport" = "false"
            }
          }
        },
      ],
    )
  })
}

resource "aws_cloudwatch_metric_alarm" "dead_letter" {
  alarm_name        = "${var.name}-dead-letter"
  alarm_description = "An event was not answered; its message is in the dead-letter queue. See docs/runbook.md."
  namespace         = "AWS/SQS"
  metric_name       = "ApproximateNumberOfMessagesVisible"
  dimensions = {
    QueueName = aws_sqs_queue.dead_letter.name
  }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.operations.arn]
}
