# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""Who may call the HTTP API, and what is logged of each call."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from circuit_breaker.errors import DeployError
from circuit_breaker.settings import Settings
from tests.commands import cdk
from tests.templates import logical_id, properties, resources

Synth = Callable[..., dict]
JWT = {"authorizer": "jwt", "jwtIssuer": "https://login.example.com/", "jwtAudience": "quotes,orders"}


def test_it_is_public_unless_told_otherwise(synth: Synth) -> None:
    for template in (synth(), synth(authorizer="none")):
        assert properties(template, "AWS::ApiGatewayV2::Route")["AuthorizationType"] == "NONE"
        assert not resources(template, "AWS::ApiGatewayV2::Authorizer")


def test_iam(synth: Synth) -> None:
    template = synth(authorizer="iam")
    assert properties(template, "AWS::ApiGatewayV2::Route")["AuthorizationType"] == "AWS_IAM"


def test_jwt(synth: Synth) -> None:
    template = synth(**JWT)
    authorizer = properties(template, "AWS::ApiGatewayV2::Authorizer")
    assert authorizer["JwtConfiguration"] == {"Issuer": "https://login.example.com/", "Audience": ["quotes", "orders"]}
    assert authorizer["IdentitySource"] == ["$request.header.Authorization"]
    route = properties(template, "AWS::ApiGatewayV2::Route")
    assert (route["AuthorizationType"], route["AuthorizerId"]) == ("JWT", {"Ref": logical_id(template, "AWS::ApiGatewayV2::Authorizer")})


@pytest.mark.parametrize(
    ("context", "why"),
    [
        ({"authorizer": "jwt"}, 'authorizer is "jwt", which needs jwtAudience and jwtIssuer too'),
        ({**JWT, "jwtAudience": ""}, 'authorizer is "jwt", which needs jwtAudience too'),
        ({**JWT, "authorizer": ""}, 'jwtAudience is given, but authorizer is "none"; it must be jwt for that'),
        ({**JWT, "authorizer": "iam"}, 'jwtAudience is given, but authorizer is "iam"'),
        ({**JWT, "jwtIssuer": "http://login.example.com"}, 'jwtIssuer is "http://login.example.com", but must be the address of an issuer'),
        ({**JWT, "jwtAudience": "a,,b"}, 'jwtAudience is "a,,b", but must be one or more audiences'),
        ({"authorizer": "cognito"}, 'authorizer is "cognito", but must be one of none, iam, jwt'),
    ],
)
def test_half_a_lock_is_refused(context: dict[str, str], why: str) -> None:
    with pytest.raises(DeployError) as caught:
        Settings.from_context(context)
    assert str(caught.value).startswith(why)


def test_calls_are_logged_without_what_may_be_secret(synth: Synth) -> None:
    template = synth()
    settings = properties(template, "AWS::ApiGatewayV2::Stage")["AccessLogSettings"]
    logs = {name for name in resources(template, "AWS::Logs::LogGroup") if name.startswith("AccessLogs")}
    assert {settings["DestinationArn"]["Fn::GetAtt"][0]} == logs
    logged = json.loads(settings["Format"])
    assert {"requestId", "sourceIp", "status", "authorizerError"} <= logged.keys()
    assert not [value for value in logged.values() if "header" in value.lower() or "query" in value.lower()]


def test_a_deploy_says_that_it_is_public(package: Path, tmp_path: Path) -> None:
    def said(*context: str) -> str:
        result = cdk(tmp_path / "out", "synth", "--quiet", "-c", f"package={package}", *(word for setting in context for word in ("-c", setting)))
        assert result.returncode == 0, result.stderr
        return result.stdout + result.stderr

    warning = "the HTTP API is public: whoever knows its address may call it; close it with -c authorizer=iam or -c authorizer=jwt"
    assert warning in said()
    assert warning not in said("authorizer=iam")
