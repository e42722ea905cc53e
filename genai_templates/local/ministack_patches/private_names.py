"""What the patches take of ministack 1.5.33 that is not public, by its module."""

from __future__ import annotations

PRIVATE_NAMES: dict[str, tuple[str, ...]] = {
    "ministack.app": (
        "_extract_s3_vhost_bucket",
        "_handle_execute_api_request",
        "_parse_cloudfront_dataplane_host",
    ),
    "ministack.core.iam_actions": (
        "_BOTOCORE_SERVICE_MAP",
        "_tag_operations",
    ),
    "ministack.core.iam_evaluator": (
        "_gather_role_policies",
        "_gather_user_policies",
    ),
    "ministack.core.lambda_runtime": (
        "_PYTHON_WORKER_SCRIPT",
        "_workers",
    ),
    "ministack.core.responses": ("_service_model",),
    "ministack.services.acm": ("_certificates",),
    "ministack.services.apigateway_v1": (
        "_GatewayError",
        "_create_deployment",
        "_execute_in_scope",
        "_extract_lambda_ref_from_integration_uri",
        "_gateway_error_response",
        "_gateway_responses",
        "_gw_error",
        "_import_path_item",
        "_invoke_lambda_proxy_v1",
        "_lambda_proxy_response",
        "_match_recursive",
        "_match_resource_tree",
        "_resources",
        "_stages_v1",
    ),
    "ministack.services.cloudformation": (
        "_change_sets",
        "_stack_events",
        "_stacks",
    ),
    "ministack.services.cloudformation.changesets": (
        "_evaluate_conditions",
        "_find_change_set",
        "_resolve_props_for_diff",
    ),
    "ministack.services.cloudformation.handlers": (
        "_ACTION_HANDLERS",
        "_resolve_stack",
    ),
    "ministack.services.cloudformation.helpers": (
        "_error",
        "_p",
        "_xml",
    ),
    "ministack.services.cloudformation.provisioners": (
        "_RESOURCE_HANDLERS",
        "_cw_metric_alarm_record",
    ),
    "ministack.services.cloudformation.stacks": (
        "_delete_resource",
        "_provision_keeping_seed",
        "_runs_on_worker_thread",
        "_update_keeping_seed",
    ),
    "ministack.services.cloudfront": (
        "_dataplane_behavior",
        "_distributions",
        "_domain_owners",
        "_fetch_from_origin",
        "_get_distribution_aliases",
        "_match_behavior",
    ),
    "ministack.services.cloudwatch": (
        "_alarms",
        "_resource_tags",
    ),
    "ministack.services.cloudwatch_logs": (
        "_filter_log_events",
        "_log_groups",
    ),
    "ministack.services.ec2": (
        "_VPCE_INTERFACE_SERVICES",
        "_route_tables",
        "_security_groups",
        "_subnets",
        "_vpc_endpoints",
        "_vpcs",
    ),
    "ministack.services.eventbridge": ("_validate_schedule_expression",),
    "ministack.services.iam": (
        "_IAM_HANDLERS",
        "_roles",
        "_users",
    ),
    "ministack.services.lambda_svc": (
        "_LAMBDA_ASYNC_RETRY_BASE_SECONDS",
        "_execute_function",
        "_execute_function_dispatch",
        "_execute_function_warm",
        "_functions",
        "_get_func_record_for_ref",
        "_route_async_failure",
        "_throttle_response",
        "_vpc_config_with_id",
    ),
    "ministack.services.sns": (
        "_deliver_to_lambda",
        "_lambda_svc",
    ),
    "ministack.services.sqs": (
        "_Err",
        "_HANDLERS",
        "_queue_by_arn",
        "_queues",
        "_queues_lock",
        "_refresh_counts",
    ),
    "ministack.services.s3": (
        "_bucket_tags",
        "_buckets",
        "_error",
        "_verify_presigned_sigv4",
    ),
    "ministack.services.tagging": ("_COLLECTORS",),
}
