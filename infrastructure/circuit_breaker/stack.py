# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
from aws_cdk import (
    CfnOutput,
    CliCredentialsStackSynthesizer,
    DefaultStackSynthesizer,
    Duration,
    Stack,
    aws_cloudwatch,
    aws_cloudwatch_actions,
    aws_iam,
    aws_lambda,
    aws_logs,
    aws_sns,
)
from constructs import Construct

from circuit_breaker.alarm import CircuitBreakerAlarms, CircuitOpenedAlarm
from circuit_breaker.api import CircuitBreakerApi, LoggedStage
from circuit_breaker.dashboard import CircuitBreakerDashboard
from circuit_breaker.events import CircuitBreakerEvents
from circuit_breaker.key import DataKey
from circuit_breaker.layer import CircuitBreakerLayer
from circuit_breaker.nag import acknowledge
from circuit_breaker.package import Package
from circuit_breaker.runtimes import LAYERED
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
        # What is to be kept is worth a key of its own; all else is encrypted with keys of the services.
        key = DataKey(self, "Key") if settings.keeps_data else None
        table = CircuitBreakerTable(self, "Table", removal_policy=settings.removal_policy, encryption_key=key)
        logs, access_logs = (self._logs(settings, construct_id, key) for construct_id in ("Logs", "AccessLogs"))
        function = self._function(settings, package, logs)
        table.grant_circuit_breaker(function)
        api = CircuitBreakerApi(self, "HttpApi", settings=settings, function=function)
        stage = LoggedStage(self, "DefaultStage", api=api, settings=settings, logs=access_logs)
        self._watch(settings, function, table, logs)
        if settings.has_events:
            CircuitBreakerEvents(self, "Events", table=table, package=settings.events_package, log_retention=settings.log_retention)

        CfnOutput(self, "HttpApiUrl", value=stage.url, description="HTTP API Url")
        CfnOutput(self, "TableName", value=table.table_name, description="DynamoDB table with the circuit's record")
        CfnOutput(self, "FunctionName", value=function.function_name, description="Lambda function, and the circuit's id")
        CfnOutput(self, "LogGroupName", value=logs.log_group_name, description="CloudWatch log group of the function")
        CfnOutput(self, "AccessLogGroupName", value=access_logs.log_group_name, description="CloudWatch log group of the HTTP API's calls")

    def _function(self, settings: Settings, package: Package, logs: aws_logs.LogGroup) -> aws_lambda.Function:
        # Without a role of our own, CDK attaches a managed policy that may write to every log group.
        role = aws_iam.Role(self, "Role", assumed_by=aws_iam.ServicePrincipal("lambda.amazonaws.com"))
        logs.grant_write(role)
        acknowledge(role, "IAM5[Resource::*]", "X-Ray, to which the function sends its traces, knows no resources to name")
        layered = LAYERED.get(settings.runtime)
        return aws_lambda.Function(
            self,
            "Function",
            runtime=getattr(aws_lambda.Runtime, layered.name) if layered else aws_lambda.Runtime.PROVIDED_AL2023,
            handler=layered.handler if layered else "bootstrap",
            code=aws_lambda.Code.from_asset(str(layered.source), exclude=["README.md", "__pycache__"])
            if layered
            else aws_lambda.Code.from_asset(str(package.path)),
            layers=[CircuitBreakerLayer(self, "Layer", package=package)] if layered else None,
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

    def _logs(self, settings: Settings, construct_id: str, key: DataKey | None) -> aws_logs.LogGroup:
        return aws_logs.LogGroup(
            self,
            construct_id,
            retention=settings.log_retention,
            removal_policy=settings.removal_policy,
            encryption_key=key,
            deletion_protection_enabled=settings.keeps_data or None,
        )

    def _watch(self, settings: Settings, function: aws_lambda.Function, table: CircuitBreakerTable, logs: aws_logs.LogGroup) -> None:
        """The alarms, which cost something each, where somebody sees them; and the dashboard."""
        alarms: list[aws_cloudwatch.Alarm] = []
        if settings.tells_of_openings:
            alarms.append(CircuitOpenedAlarm(self, "CircuitOpened", logs=logs))
        if settings.has_boards:
            circuits = [function.function_name]
            alarms += CircuitBreakerAlarms(self, "Alarms", circuits=circuits).all
            CircuitBreakerDashboard(self, "Dashboard", circuits=circuits, functions=[function], table=table, logs=[logs], alarms=alarms)
        if settings.alarm_topic:
            topic = aws_sns.Topic.from_topic_arn(self, "AlarmTopic", settings.alarm_topic)
            for alarm in alarms:
                alarm.add_alarm_action(aws_cloudwatch_actions.SnsAction(topic))
