# As the parameters of infra/spotmanager.yaml, in Terraform's letters, and the name that a stack would have.

variable "name" {
  description = "What the functions', the state machine's and every other name begins with, as a stack's name does."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z][-a-zA-Z0-9]{0,33}$", var.name))
    error_message = "name should be up to 34 letters, digits and hyphens, and begin with a letter."
  }
}

variable "workers_stack_name" {
  description = "The CloudFormation stack with the two Auto Scaling groups."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z][-a-zA-Z0-9]{0,127}$", var.workers_stack_name))
    error_message = "workers_stack_name should match ^[a-zA-Z][-a-zA-Z0-9]{0,127}$."
  }
}

variable "topic_suffix" {
  description = "What follows the workers stack's name in the topic's name."
  type        = string
  default     = "-jobs-to-do"
  nullable    = false

  validation {
    condition     = can(regex("^[-_a-zA-Z0-9]+$", var.topic_suffix))
    error_message = "topic_suffix should match ^[-_a-zA-Z0-9]+$."
  }
}

variable "stack_name_from" {
  description = "What tells an alarm's stack where WorkerPairs does not; the alarm's own CloudFormation tags, or the topic's name."
  type        = string
  default     = "topic-name"
  nullable    = false

  validation {
    condition     = contains(["topic-name", "alarm-tags"], var.stack_name_from)
    error_message = "stack_name_from should be one of topic-name, alarm-tags."
  }
}

variable "worker_pairs" {
  description = "A JSON array of further pairs of groups, each with stack_name, and alarm_name, topic_name and settings of its own where wanted."
  type        = string
  default     = ""
  nullable    = false
}

variable "further_stacks" {
  description = "A pattern of the further stacks' names, such as render-*, which the roles allow in addition to WorkersStackName; empty for none."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([a-zA-Z*][-*a-zA-Z0-9]{0,127})?$", var.further_stacks))
    error_message = "further_stacks should match ^([a-zA-Z*][-*a-zA-Z0-9]{0,127})?$."
  }
}

# generated:settings
variable "spot_group_logical_id" {
  description = "Logical id of the spot group; ids of nested stacks may precede it (stackGPU/asgGPUSpot), a bare id is looked for in nested stacks too."
  type        = string
  default     = "asgGPUSpot"
  nullable    = false
}

variable "on_demand_group_logical_id" {
  description = "Logical id of the on-demand group, in the same form."
  type        = string
  default     = "asgGPU"
  nullable    = false
}

variable "scale_up_policy_name_contains" {
  description = "What the name of each group's scale-up policy contains."
  type        = string
  default     = "ScaleUp"
  nullable    = false
}

variable "queue_logical_id" {
  description = "Logical id of the SQS queue that the jobs wait in, in the same form; empty for one instance per alarm."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([a-zA-Z0-9]+(/[a-zA-Z0-9]+)*)?$", var.queue_logical_id))
    error_message = "queue_logical_id should match ^([a-zA-Z0-9]+(/[a-zA-Z0-9]+)*)?$."
  }
}

variable "safety_margin_percent" {
  description = "How far below the maximum price the average spot price must be, percent."
  type        = number
  default     = 15
  nullable    = false

  validation {
    condition     = var.safety_margin_percent >= 0 && var.safety_margin_percent <= 99
    error_message = "safety_margin_percent should be from 0 to 99."
  }
}

variable "maximum_percent_of_on_demand" {
  description = "The most that spot may cost, percent of the on-demand price of the same instance type, above 0 and up to 100; empty for no such limit."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([0-9]+(\\.[0-9]+)?)?$", var.maximum_percent_of_on_demand))
    error_message = "maximum_percent_of_on_demand should match ^([0-9]+(\\.[0-9]+)?)?$."
  }
}

variable "minimum_placement_score" {
  description = "The lowest spot placement score of a zone, 1 to 10; 0 for not asking. EC2 gives fewer than three instance types a low score."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.minimum_placement_score >= 0 && var.minimum_placement_score <= 10
    error_message = "minimum_placement_score should be from 0 to 10."
  }
}

variable "price_window_seconds" {
  description = "How far back spot prices are averaged, seconds."
  type        = number
  default     = 3600
  nullable    = false

  validation {
    condition     = var.price_window_seconds >= 60 && var.price_window_seconds <= 7776000
    error_message = "price_window_seconds should be from 60 to 7776000."
  }
}

variable "product_description" {
  description = "EC2's product description of the spot price."
  type        = string
  default     = "Linux/UNIX"
  nullable    = false
}

variable "launch_failure_window_seconds" {
  description = "For how long a failed spot launch excludes its Availability Zone, seconds; 0 for never."
  type        = number
  default     = 900
  nullable    = false

  validation {
    condition     = var.launch_failure_window_seconds >= 0 && var.launch_failure_window_seconds <= 86400
    error_message = "launch_failure_window_seconds should be from 0 to 86400."
  }
}

variable "launch_by" {
  description = "How an alarm asks a group for capacity: scaling-policy executes its scale-up policy once; desired-capacity raises its DesiredCapacity by what the queue needs, or by one without a queue; automatic does the second with a queue, and the first otherwise; launch-instances launches as many instances by LaunchInstances, zone by zone, if the group allows it and the rights are granted, and otherwise raises DesiredCapacity. Whatever it is, a return to spot raises DesiredCapacity."
  type        = string
  default     = "automatic"
  nullable    = false

  validation {
    condition     = contains(["automatic", "scaling-policy", "desired-capacity", "launch-instances"], var.launch_by)
    error_message = "launch_by should be one of automatic, scaling-policy, desired-capacity, launch-instances."
  }
}

variable "maximum_capacity_of_both_groups" {
  description = "The most instances that both groups may have together, units if they weigh their instance types, from 1 to 1000000; empty for no such limit."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([1-9][0-9]*)?$", var.maximum_capacity_of_both_groups))
    error_message = "maximum_capacity_of_both_groups should match ^([1-9][0-9]*)?$."
  }
}

variable "honor_cooldown" {
  description = "Whether a scale-up by a policy waits until the group's cooldown is over."
  type        = bool
  default     = true
  nullable    = false
}

variable "dry_run" {
  description = "Whether nothing is scaled, and executions only say which call they would have made."
  type        = bool
  default     = false
  nullable    = false
}

variable "verify_interval_seconds" {
  description = "How long to wait between two checks for capacity, seconds; at most 2,000 checks fit into both timeouts."
  type        = number
  default     = 15
  nullable    = false

  validation {
    condition     = var.verify_interval_seconds >= 1 && var.verify_interval_seconds <= 600
    error_message = "verify_interval_seconds should be from 1 to 600."
  }
}

variable "spot_capacity_timeout_seconds" {
  description = "How long spot may take to bring capacity into service, seconds."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = var.spot_capacity_timeout_seconds >= 1 && var.spot_capacity_timeout_seconds <= 3600
    error_message = "spot_capacity_timeout_seconds should be from 1 to 3600."
  }
}

variable "on_demand_capacity_timeout_seconds" {
  description = "How long on-demand may take, seconds."
  type        = number
  default     = 600
  nullable    = false

  validation {
    condition     = var.on_demand_capacity_timeout_seconds >= 1 && var.on_demand_capacity_timeout_seconds <= 3600
    error_message = "on_demand_capacity_timeout_seconds should be from 1 to 3600."
  }
}

variable "target_backlog_per_instance" {
  description = "How many jobs may wait for each instance; above it more instances are asked for."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.target_backlog_per_instance >= 0.01
    error_message = "target_backlog_per_instance should be at least 0.01."
  }
}

variable "max_rounds" {
  description = "How often one alarm may ask for instances."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.max_rounds >= 1 && var.max_rounds <= 1000
    error_message = "max_rounds should be from 1 to 1000."
  }
}

variable "rounds_timeout_seconds" {
  description = "For how long after the first time more instances may be asked for, seconds."
  type        = number
  default     = 3600
  nullable    = false

  validation {
    condition     = var.rounds_timeout_seconds >= 0 && var.rounds_timeout_seconds <= 86400
    error_message = "rounds_timeout_seconds should be from 0 to 86400."
  }
}
# generated:end

variable "launch_template_arns" {
  description = "ARNs of the launch templates by which LaunchBy launch-instances may launch, comma-separated; empty for none."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:[^, ]+(,arn:[^, ]+)*)?$", var.launch_template_arns))
    error_message = "launch_template_arns should match ^(arn:[^, ]+(,arn:[^, ]+)*)?$."
  }
}

variable "instance_role_arns" {
  description = "ARNs of the roles that their instances have, comma-separated; empty for none."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:[^, ]+(,arn:[^, ]+)*)?$", var.instance_role_arns))
    error_message = "instance_role_arns should match ^(arn:[^, ]+(,arn:[^, ]+)*)?$."
  }
}

variable "return_to_spot" {
  description = "Whether spot takes over from on-demand instances when it is worth it again."
  type        = string
  default     = "on"
  nullable    = false

  validation {
    condition     = contains(["off", "on", "maintenance-window"], var.return_to_spot)
    error_message = "return_to_spot should be one of off, on, maintenance-window."
  }
}

variable "return_to_spot_rate" {
  description = "How often to look where ReturnToSpot is on, a rate expression of EventBridge Scheduler."
  type        = string
  default     = "rate(15 minutes)"
  nullable    = false
}

variable "maintenance_window" {
  description = "When to look where ReturnToSpot is maintenance-window, a cron expression of EventBridge Scheduler."
  type        = string
  default     = "cron(0/15 2-4 * * ? *)"
  nullable    = false
}

variable "maintenance_window_timezone" {
  description = "The time zone of the maintenance window."
  type        = string
  default     = "UTC"
  nullable    = false
}

variable "replace_lost_capacity" {
  description = "Whether interruption warnings, rebalance recommendations and failed launches of the spot group are answered."
  type        = bool
  default     = true
  nullable    = false
}

variable "artifact_bucket" {
  description = "The S3 bucket with the functions' zip files and the state machine's definition."
  type        = string
  nullable    = false
}

variable "artifact_prefix" {
  description = "What precedes the files' names in the bucket, with a slash at its end."
  type        = string
  default     = ""
  nullable    = false
}

variable "architecture" {
  description = "The architecture that the functions were built for."
  type        = string
  default     = "x86_64"
  nullable    = false

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "architecture should be one of x86_64, arm64."
  }
}

variable "log_retention_days" {
  description = "How long logs are kept, days."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365], var.log_retention_days)
    error_message = "log_retention_days should be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365."
  }
}

variable "operations_email" {
  description = "Who is told when an execution fails; empty for nobody."
  type        = string
  default     = ""
  nullable    = false
}

variable "dashboard" {
  description = "Whether a CloudWatch dashboard is made; an account's first three of up to 50 metrics each cost nothing."
  type        = bool
  default     = true
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of a KMS key of your own that encrypts topics, dead-letter queue, logs, variables and executions; empty for AWS's keys."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:[-a-z0-9]+:kms:[-a-z0-9]+:[0-9]{12}:key/[-a-zA-Z0-9]+)?$", var.kms_key_arn))
    error_message = "kms_key_arn should match ^(arn:[-a-z0-9]+:kms:[-a-z0-9]+:[0-9]{12}:key/[-a-zA-Z0-9]+)?$."
  }
}
