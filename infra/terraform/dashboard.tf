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
            [{"expression": "SEARCH('{SpotManager,Stack,SpotGroup,InstanceType,AvailabilityZone} MetricName=\"SpotPrice\" Stack=\"${var.workers_stack_name}\"', 'Maximum', 300)", "label": "", "id": "price"}],
            [{"expression": "SEARCH('{SpotManager,Stack,SpotGroup} MetricName=\"SpotPriceLimit\" Stack=\"${var.workers_stack_name}\"', 'Maximum', 300)", "label": "limit", "id": "limit", "color": "#d13212"}]]}},
        {"type": "metric", "x": 12, "y": 0, "width": 12, "height": 6, "properties": {
          "title": "Decisions by verdict and reason", "region": "${local.region}", "stat": "Sum", "period": 3600, "stacked": true,
          "metrics": [
            [{"expression": "SEARCH('{SpotManager,Stack,SpotGroup,Verdict,Reason} MetricName=\"Decisions\" Stack=\"${var.workers_stack_name}\"', 'Sum', 3600)", "label": "", "id": "decisions"}]]}},
        {"type": "metric", "x": 0, "y": 6, "width": 12, "height": 6, "properties": {
          "title": "Instances in service by group", "region": "${local.region}", "stat": "Average", "period": 60, "stacked": true,
          "metrics": [
            [{"expression": "SEARCH('{AWS/AutoScaling,AutoScalingGroupName} MetricName=\"GroupInServiceInstances\" ${var.workers_stack_name}', 'Average', 60)", "label": "", "id": "capacity"}]]}},
        {"type": "metric", "x": 12, "y": 6, "width": 12, "height": 6, "properties": {
          "title": "Jobs waiting by queue", "region": "${local.region}", "stat": "Maximum", "period": 60,
          "metrics": [
            [{"expression": "SEARCH('{AWS/SQS,QueueName} MetricName=\"ApproximateNumberOfMessagesVisible\" ${var.workers_stack_name}', 'Maximum', 60)", "label": "", "id": "jobs"}]]}},
        {"type": "metric", "x": 0, "y": 12, "width": 6, "height": 6, "properties": {
          "title": "Scale-ups that arrived, by market", "region": "${local.region}", "stat": "SampleCount", "period": 3600, "stacked": true,
          "metrics": [
            [{"expression": "SEARCH('{SpotManager,Stack,SpotGroup,Market} MetricName=\"SecondsToCapacity\" Stack=\"${var.workers_stack_name}\"', 'SampleCount', 3600)", "label": "", "id": "arrived"}]]}},
        {"type": "metric", "x": 6, "y": 12, "width": 6, "height": 6, "properties": {
          "title": "Fallbacks to on-demand", "region": "${local.region}", "stat": "Sum", "period": 3600,
          "metrics": [
            [{"expression": "SEARCH('{SpotManager,Stack,SpotGroup} MetricName=\"Fallbacks\" Stack=\"${var.workers_stack_name}\"', 'Sum', 3600)", "label": "", "id": "fallbacks"}]]}},
        {"type": "metric", "x": 12, "y": 12, "width": 12, "height": 6, "properties": {
          "title": "What spot instances that arrived save, USD per instance-hour: average of each, sum of all", "region": "${local.region}", "period": 3600,
          "metrics": [
            [{"expression": "SEARCH('{SpotManager,Stack,SpotGroup} MetricName=\"SavingPerHour\" Stack=\"${var.workers_stack_name}\"', 'Average', 3600)", "label": "average", "id": "each"}],
            [{"expression": "SEARCH('{SpotManager,Stack,SpotGroup} MetricName=\"SavingPerHour\" Stack=\"${var.workers_stack_name}\"', 'Sum', 3600)", "label": "sum", "id": "all"}]]}},
        {"type": "metric", "x": 0, "y": 18, "width": 12, "height": 6, "properties": {
          "title": "From the round's start to capacity, seconds", "region": "${local.region}", "stat": "Maximum", "period": 3600,
          "metrics": [
            [{"expression": "SEARCH('{SpotManager,Stack,SpotGroup,Market} MetricName=\"SecondsToCapacity\" Stack=\"${var.workers_stack_name}\"', 'Maximum', 3600)", "label": "", "id": "seconds"}]]}},
        {"type": "metric", "x": 12, "y": 18, "width": 12, "height": 6, "properties": {
          "title": "Executions failed, timed out; events not answered", "region": "${local.region}", "stat": "Sum", "period": 3600,
          "metrics": [
            ["AWS/States", "ExecutionsFailed", "StateMachineArn", "${aws_sfn_state_machine.state_machine.arn}"],
            ["AWS/States", "ExecutionsTimedOut", "StateMachineArn", "${aws_sfn_state_machine.state_machine.arn}"],
            ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "${aws_sqs_queue.dead_letter.name}", {"stat": "Maximum"}]]}},
        {"type": "alarm", "x": 0, "y": 24, "width": 24, "height": 2, "properties": {
          "title": "Alarms", "alarms": ["${aws_cloudwatch_metric_alarm.failed_executions.arn}", "${aws_cloudwatch_metric_alarm.timed_out_executions.arn}", "${aws_cloudwatch_metric_alarm.dead_letter.arn}"]}},
        {"type": "log", "x": 0, "y": 26, "width": 24, "height": 6, "properties": {
          "title": "Last decisions", "region": "${local.region}", "view": "table",
          "query": "SOURCE '/aws/lambda/${var.name}-evaluate' | fields @timestamp, `fields.stack_name` as stack, `fields.reason` as reason, `fields.message` as decision | filter ispresent(reason) | sort @timestamp desc | limit 20"}}
      ]
    }
  EOT
}
