# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
from aws_cdk import (
    CfnOutput,
    CliCredentialsStackSynthesizer,
    DefaultStackSynthesizer,
    Duration,
    Stack,
    aws_apigatewayv2,
    aws_cloudwatch_actions,
    aws_iam,
    aws_lambda,
    aws_logs,
    aws_sns,
)
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from circuit_breaker.alarm import CircuitOpenedAlarm
from circuit_breaker.package import Package
from circuit_breaker.settings import Settings
from circuit_breaker.table import CircuitBreakerTable


class CircuitBreakerStack(Stack):
    """The pattern: an HTTP API, the function behind it, the table with the circuit's record."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings, package: Package) -> None:
        super().__init__(
            scope,
            construct_id,
            stack_name=settings.stack_name,
            description="A function behind an HTTP API that calls an unreliable service through a circuit breaker",
            # A local stand-in for AWS has no roles of the CDK bootstrap to take on.
            synthesizer=CliCredentialsStackSynthesizer() if settings.is_local else DefaultStackSynthesizer(),
        )
        table = CircuitBreakerTable(self, "Table", removal_policy=settings.removal_policy)
        logs = aws_logs.LogGroup(self, "Logs", retention=settings.log_retention, removal_policy=settings.removal_policy)
        function = self._function(settings, package, logs)
        table.grant_circuit_breaker(function)
        stage = self._api(settings, function)
        if settings.shows_changes_of_state:
            self._alarm(settings, logs)

        CfnOutput(self, "HttpApiUrl", value=stage.url, description="HTTP API Url")
        CfnOutput(self, "TableName", value=table.table_name, description="DynamoDB table with the circuit's record")
        CfnOutput(self, "FunctionName", value=function.function_name, description="Lambda function, and the circuit's id")
        CfnOutput(self, "LogGroupName", value=logs.log_group_name, description="CloudWatch log group of the function")

    def _function(self, settings: Settings, package: Package, logs: aws_logs.LogGroup) -> aws_lambda.Function:
        # Without a role of our own, CDK attaches a managed policy that may write to every log group.
        role = aws_iam.Role(self, "Role", assumed_by=aws_iam.ServicePrincipal("lambda.amazonaws.com"))
        logs.grant_write(role)
        return aws_lambda.Function(
            self,
            "Function",
            runtime=aws_lambda.Runtime.PROVIDED_AL2023,
            handler="bootstrap",
            code=aws_lambda.Code.from_asset(str(package.path)),
            architecture=aws_lambda.Architecture.custom(package.architecture),
            role=role,
            memory_size=settings.function_memory,
            timeout=Duration.seconds(settings.function_timeout),
            tracing=aws_lambda.Tracing.ACTIVE,
            log_group=logs,
            logging_format=aws_lambda.LoggingFormat.JSON,
            application_log_level_v2=aws_lambda.ApplicationLogLevel(settings.log_level),
            environment=settings.environment,
        )

    def _api(self, settings: Settings, function: aws_lambda.Function) -> aws_apigatewayv2.HttpStage:
        api = aws_apigatewayv2.HttpApi(
            self,
            "HttpApi",
            api_name=settings.stack_name,
            default_integration=HttpLambdaIntegration("FunctionIntegration", function),
            create_default_stage=False,
        )
        return aws_apigatewayv2.HttpStage(
            self,
            "DefaultStage",
            http_api=api,
            stage_name="$default",
            auto_deploy=True,
            throttle=aws_apigatewayv2.ThrottleSettings(rate_limit=settings.throttle_rate, burst_limit=settings.throttle_burst),
        )

    def _alarm(self, settings: Settings, logs: aws_logs.LogGroup) -> None:
        alarm = CircuitOpenedAlarm(self, "CircuitOpened", logs=logs)
        if settings.alarm_topic:
            topic = aws_sns.Topic.from_topic_arn(self, "AlarmTopic", settings.alarm_topic)
            alarm.add_alarm_action(aws_cloudwatch_actions.SnsAction(topic))
