# Who is told when an execution fails or times out.

resource "aws_sns_topic" "operations" {
  name              = "${var.name}-operations"
  kms_master_key_id = local.has_kms_key ? var.kms_key_arn : null
}

resource "aws_sns_topic_subscription" "operations" {
  count = local.has_operations_email ? 1 : 0

  topic_arn = aws_sns_topic.operations.arn
  protocol  = "email"
  endpoint  = var.operations_email
}

resource "aws_cloudwatch_metric_alarm" "failed_executions" {
  alarm_name        = "${var.name}-failed-executions"
  alarm_description = "An execution failed; jobs may be waiting. See docs/runbook.md."
  namespace         = "AWS/States"
  metric_name       = "ExecutionsFailed"
  dimensions = {
    StateMachineArn = aws_sfn_state_machine.state_machine.arn
  }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.operations.arn]
}

resource "aws_cloudwatch_metric_alarm" "timed_out_executions" {
  alarm_name        = "${var.name}-timed-out-executions"
  alarm_description = "An execution timed out; jobs may be waiting. See docs/runbook.md."
  namespace         = "AWS/States"
  metric_name       = "ExecutionsTimedOut"
  dimensions = {
    StateMachineArn = aws_sfn_state_machine.state_machine.arn
  }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.operations.arn]
}
