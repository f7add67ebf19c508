# Prices, decisions, capacity and failures at a glance.

resource "aws_cloudwatch_dashboard" "dashboard" {
  count = var.dashboard ? 1 : 0

  # Dashboards are global: a second region would overwrite the first one's.
  # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-dashboard.html
  dashboard_name = "${var.name}-${local.region}"
  dashboard_body = <<-EOT
    {
      "widgets": [
        {"type": "metric", "x": 0, "y": 0, "width": 12, "height": 6, "properties": {
          "title": "Spot price against limit, USD per instance-hour", "region": "${local.region}", "stat": "Maximum", "period": 300,
          "metrics": [
            [{"expression": "SEARCH('{SpotManager,Stack,InstanceType,AvailabilityZone} MetricName=\"SpotPrice\" Stack=\"${var.workers_stack_name}\"', 'Maximum', 300)", "label": "", "id": "price"}],
            ["SpotManager", "SpotPriceLimit", "Stack", "${var.workers_stack_name}", {"label": "limit", "color": "#d13212"}]]}},
        {"type": "metric", "x": 12, "y": 0, "width": 12, "height": 6, "properties": {
          "title": "Decisions by verdict and reason", "region": "${local.region}", "stat": "Sum", "period": 3600, "view": "timeSeries", "stacked": true,
          "metrics": [
            [{"expression": "SEARCH('{SpotManager,Stack,Verdict,Reason} MetricName=\"Decisions\" Stack=\"${var.workers_stack_name}\"', 'Sum', 3600)", "label": "", "id": "decisions"}]]}},
        {"type": "metric", "x": 0, "y": 6, "width": 12, "height": 6, "properties": {
          "title": "Instances in service by group", "region": "${local.region}", "stat": "Average", "period": 60, "stacked": true,
          "metrics": [
            [{"expression": "SEARCH('{AWS/AutoScaling,AutoScalingGroupName} MetricName=\"GroupInServiceInstances\" ${var.workers_stack_name}', 'Average', 60)", "label": "", "id": "capacity"}]]}},
        {"type": "metric", "x": 12, "y": 6, "width": 6, "height": 6, "properties": {
          "title": "Fallbacks to on-demand", "region": "${local.region}", "stat": "Sum", "period": 3600, "view": "timeSeries",
          "metrics": [["SpotManager", "Fallbacks", "Stack", "${var.workers_stack_name}"]]}},
        {"type": "metric", "x": 18, "y": 6, "width": 6, "height": 6, "properties": {
          "title": "Saved by each decision for spot, USD per hour", "region": "${local.region}", "stat": "Average", "period": 3600, "view": "timeSeries",
          "metrics": [["SpotManager", "SavingPerHour", "Stack", "${var.workers_stack_name}"]]}},
        {"type": "metric", "x": 0, "y": 12, "width": 12, "height": 6, "properties": {
          "title": "From alarm to capacity, seconds", "region": "${local.region}", "stat": "Maximum", "period": 3600, "view": "timeSeries",
          "metrics": [
            ["SpotManager", "SecondsToCapacity", "Stack", "${var.workers_stack_name}", "Market", "spot"],
            ["SpotManager", "SecondsToCapacity", "Stack", "${var.workers_stack_name}", "Market", "on_demand"]]}},
        {"type": "metric", "x": 12, "y": 12, "width": 12, "height": 6, "properties": {
          "title": "Executions failed, timed out; events not answered", "region": "${local.region}", "stat": "Sum", "period": 3600, "view": "timeSeries",
          "metrics": [
            ["AWS/States", "ExecutionsFailed", "StateMachineArn", "${aws_sfn_state_machine.state_machine.arn}"],
            ["AWS/States", "ExecutionsTimedOut", "StateMachineArn", "${aws_sfn_state_machine.state_machine.arn}"],
            ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "${aws_sqs_queue.dead_letter.name}", {"stat": "Maximum"}]]}}
      ]
    }
  EOT
}
