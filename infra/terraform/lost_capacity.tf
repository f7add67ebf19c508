# Spot instances that EC2 takes back, or that Auto Scaling cannot launch.

resource "aws_cloudwatch_event_rule" "lost_capacity" {
  count = var.replace_lost_capacity ? 1 : 0

  name        = "${var.name}-lost-capacity"
  description = "Spot instances that EC2 takes back, or that Auto Scaling cannot launch."
  event_pattern = jsonencode({
    source = ["aws.ec2", "aws.autoscaling"]
    "detail-type" = [
      "EC2 Spot Instance Interruption Warning",
      "EC2 Instance Rebalance Recommendation",
      "EC2 Instance Launch Unsuccessful",
    ]
  })
}

resource "aws_cloudwatch_event_target" "lost_capacity" {
  count = var.replace_lost_capacity ? 1 : 0

  rule      = aws_cloudwatch_event_rule.lost_capacity[0].name
  target_id = "start"
  arn       = aws_lambda_function.start.arn

  dead_letter_config {
    arn = aws_sqs_queue.dead_letter.arn
  }
}

resource "aws_lambda_permission" "lost_capacity" {
  count = var.replace_lost_capacity ? 1 : 0

  function_name = aws_lambda_function.start.function_name
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.lost_capacity[0].arn
}
