# As the outputs of infra/spotmanager.yaml.

output "jobs_topic_arn" {
  description = "The topic that the alarm for jobs tells."
  value       = aws_sns_topic.jobs.arn
}

output "operations_topic_arn" {
  description = "The topic that tells of executions that failed."
  value       = aws_sns_topic.operations.arn
}

output "notifications_topic_arn" {
  description = "The topic that reports every decision, outcome, fallback and failure."
  value       = aws_sns_topic.notifications.arn
}

output "state_machine_arn" {
  description = "The state machine."
  value       = aws_sfn_state_machine.state_machine.arn
}

output "start_function_name" {
  description = "The function that the topic invokes."
  value       = aws_lambda_function.start.function_name
}

output "dead_letter_queue_url" {
  description = "Where events lie that were not answered."
  value       = aws_sqs_queue.dead_letter.url
}
