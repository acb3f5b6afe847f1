# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The HTTP API in front of the function: who may call it, and what it logs of each call."""

import json

from aws_cdk import Annotations, aws_apigatewayv2, aws_lambda, aws_logs
from aws_cdk.aws_apigatewayv2_authorizers import HttpIamAuthorizer, HttpJwtAuthorizer
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from circuit_breaker.nag import acknowledge
from circuit_breaker.settings import Settings

# Nothing of what a caller sends but the path: neither the query nor the header, which may hold secrets.
LOGGED = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "sourceIp": "$context.identity.sourceIp",
    "caller": "$context.identity.caller",
    "method": "$context.httpMethod",
    "path": "$context.path",
    "status": "$context.status",
    "bytes": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
    "authorizerError": "$context.authorizer.error",
    "integrationError": "$context.integrationErrorMessage",
}
PUBLIC = "the HTTP API is public: whoever knows its address may call it; close it with -c authorizer=iam or -c authorizer=jwt"


class CircuitBreakerApi(aws_apigatewayv2.HttpApi):
    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings, function: aws_lambda.Function) -> None:
        super().__init__(
            scope,
            construct_id,
            api_name=settings.stack_name,
            default_integration=HttpLambdaIntegration("FunctionIntegration", function),
            default_authorizer=_authorizer(settings),
            create_default_stage=False,
        )
        if settings.authorizer == "none":
            acknowledge(self, "APIG4", "public unless the authorizer setting closes it, which both READMEs and a warning at each deploy say")
            if not settings.is_local:
                Annotations.of(self).add_warning_v2("swift-circuit-breaker:public", PUBLIC)


class LoggedStage(aws_apigatewayv2.HttpStage):
    """The stage without a name, whose calls are logged."""

    def __init__(self, scope: Construct, construct_id: str, *, api: CircuitBreakerApi, settings: Settings, logs: aws_logs.LogGroup) -> None:
        super().__init__(
            scope,
            construct_id,
            http_api=api,
            stage_name="$default",
            auto_deploy=True,
            throttle=aws_apigatewayv2.ThrottleSettings(rate_limit=settings.throttle_rate, burst_limit=settings.throttle_burst),
        )
        # The construct itself takes nothing but an implementation of an interface.
        self.node.default_child.access_log_settings = aws_apigatewayv2.CfnStage.AccessLogSettingsProperty(
            destination_arn=logs.log_group_arn, format=json.dumps(LOGGED)
        )


def _authorizer(settings: Settings) -> aws_apigatewayv2.IHttpRouteAuthorizer | None:
    match settings.authorizer:
        case "iam":
            return HttpIamAuthorizer()
        case "jwt":
            return HttpJwtAuthorizer("Jwt", settings.jwt_issuer, jwt_audience=settings.jwt_audience)
        case _:
            return None
