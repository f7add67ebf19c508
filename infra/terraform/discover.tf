# The function that reads the stack of the workers.

resource "aws_cloudwatch_log_group" "discover" {
  # checkov:skip=CKV_AWS_338:log_retention_days says how long; Step Functions keeps an execution for 90 days besides.
  name              = "/aws/lambda/${var.name}-discover"
  retention_in_days = var.log_retention_days
  kms_key_id        = local.has_kms_key ? var.kms_key_arn : null
}

resource "aws_iam_role" "discover" {
  name = "${var.name}-${local.region}-discover"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Service = "lambda.amazonaws.com"
        }
        Action = "sts:AssumeRole"
      },
    ]
  })
}

resource "aws_iam_role_policy" "discover" {
  name = "discover"
  role = aws_iam_role.discover.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = "${aws_cloudwatch_log_group.discover.arn}:*"
        },
        {
          Effect = "Allow"
          Action = ["cloudformation:ListStackResources"]
          Resource = concat(
            ["arn:${local.partition}:cloudformation:${local.region}:${local.account_id}:stack/${var.workers_stack_name}/*", "arn:${local.partition}:cloudformation:${local.region}:${local.account_id}:stack/${var.workers_stack_name}-*/*"],
            local.has_further_stacks ? ["arn:${local.partition}:cloudformation:${local.region}:${local.account_id}:stack/${var.further_stacks}/*"] : [],
          )
        },
        {
          Effect = "Allow"
          Action = [
            "autoscaling:DescribeAutoScalingGroups",
            "autoscaling:DescribeLaunchConfigurations",
            "autoscaling:DescribePolicies",
            "ec2:DescribeLaunchTemplateVersions",
            "ec2:DescribeSubnets",
          ]
          Resource = "*"
        },
        {
          Effect   = "Allow"
          Action   = "sqs:GetQueueAttributes"
          Resource = "arn:${local.partition}:sqs:${local.region}:${local.account_id}:*"
        },
        {
          Effect   = "Allow"
          Action   = "states:ListExecutions"
          Resource = "arn:${local.partition}:states:${local.region}:${local.account_id}:stateMachine:${var.name}"
        },
        {
          Effect   = "Allow"
          Action   = "states:DescribeExecution"
          Resource = "arn:${local.partition}:states:${local.region}:${local.account_id}:execution:${var.name}:*"
        },
      ],
      local.has_kms_key ? [{
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = var.kms_key_arn
        Condition = {
          StringEquals = {
            "kms:EncryptionContext:aws:lambda:FunctionArn" = "arn:${local.partition}:lambda:${local.region}:${local.account_id}:function:${var.name}-discover"
          }
        }
      }] : [],
      local.has_kms_key ? [{
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = var.kms_key_arn
        Condition = {
          StringEquals = {
            "kms:ViaService"                                   = ["states.${local.region}.amazonaws.com", "states.${local.region}.${local.dns_suffix}"]
            "kms:EncryptionContext:aws:states:stateMachineArn" = "arn:${local.partition}:states:${local.region}:${local.account_id}:stateMachine:${var.name}"
          }
        }
      }] : [],
    )
  })
}

resource "aws_lambda_function" "discover" {
  # checkov:skip=CKV_AWS_272:A signing profile is the account's to give; two builds of one commit are the same bytes, with their SHA-256 beside them.
  # checkov:skip=CKV_AWS_50:The execution's history has each step's input, output and time.
  # checkov:skip=CKV_AWS_115:Concurrency is the account's to give; a step that is throttled is tried again.
  # checkov:skip=CKV_AWS_117:It calls AWS's public endpoints only, and nothing in a VPC.
  # checkov:skip=CKV_AWS_116:The state machine invokes it, waits for it, and sees its error.
  function_name = "${var.name}-discover"
  description   = "From the stack to its two groups."
  runtime       = "provided.al2023"
  handler       = "bootstrap"
  architectures = [var.architecture]
  memory_size   = 128
  timeout       = 60
  role          = aws_iam_role.discover.arn
  s3_bucket     = var.artifact_bucket
  s3_key        = "${var.artifact_prefix}discover.zip"
  kms_key_arn   = local.has_kms_key ? var.kms_key_arn : null

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.discover.name
  }

  environment {
    variables = {
      # generated:variables
      SPOT_GROUP_LOGICAL_ID              = var.spot_group_logical_id
      ON_DEMAND_GROUP_LOGICAL_ID         = var.on_demand_group_logical_id
      SCALE_UP_POLICY_NAME_CONTAINS      = var.scale_up_policy_name_contains
      QUEUE_LOGICAL_ID                   = var.queue_logical_id
      SAFETY_MARGIN_PERCENT              = var.safety_margin_percent
      MAXIMUM_PERCENT_OF_ON_DEMAND       = var.maximum_percent_of_on_demand
      MINIMUM_PLACEMENT_SCORE            = var.minimum_placement_score
      PRICE_WINDOW_SECONDS               = var.price_window_seconds
      PRODUCT_DESCRIPTION                = var.product_description
      LAUNCH_FAILURE_WINDOW_SECONDS      = var.launch_failure_window_seconds
      LAUNCH_BY                          = var.launch_by
      MAXIMUM_CAPACITY_OF_BOTH_GROUPS    = var.maximum_capacity_of_both_groups
      HONOR_COOLDOWN                     = var.honor_cooldown
      DRY_RUN                            = var.dry_run
      VERIFY_INTERVAL_SECONDS            = var.verify_interval_seconds
      SPOT_CAPACITY_TIMEOUT_SECONDS      = var.spot_capacity_timeout_seconds
      ON_DEMAND_CAPACITY_TIMEOUT_SECONDS = var.on_demand_capacity_timeout_seconds
      TARGET_BACKLOG_PER_INSTANCE        = var.target_backlog_per_instance
      MAX_ROUNDS                         = var.max_rounds
      ROUNDS_TIMEOUT_SECONDS             = var.rounds_timeout_seconds
      # generated:end
    }
  }
}
