# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""What a deploy can be told by CDK context (`-c name=value`, or "context" in cdk.json)."""

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import RemovalPolicy
from aws_cdk.aws_logs import RetentionDays

from circuit_breaker.checks import one_of, pattern, whole
from circuit_breaker.errors import DeployError
from circuit_breaker.function_settings import BREAKER, NAMESPACE, breakers, function_settings
from circuit_breaker.package import DEFAULT_EVENTS, DEFAULT_LAYER, DEFAULT_PACKAGE
from circuit_breaker.runtimes import LAYERED, SWIFT

RETENTION = {
    "1": RetentionDays.ONE_DAY,
    "3": RetentionDays.THREE_DAYS,
    "7": RetentionDays.ONE_WEEK,
    "14": RetentionDays.TWO_WEEKS,
    "30": RetentionDays.ONE_MONTH,
    "90": RetentionDays.THREE_MONTHS,
    "180": RetentionDays.SIX_MONTHS,
    "365": RetentionDays.ONE_YEAR,
}

FUNCTION_SETTINGS = function_settings()

STACK_SETTINGS = {
    "package": pattern(".+", "the path of a zip"),
    "runtime": one_of(SWIFT, *LAYERED),
    "local": one_of("true", "false"),
    "stackName": pattern("[A-Za-z][A-Za-z0-9-]{0,127}", "a letter, then up to 127 letters, digits and hyphens"),
    "functionMemory": whole(128, 10_240),
    "functionTimeout": whole(1, 900),
    "logLevel": one_of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"),
    "logRetention": one_of(*RETENTION),
    "removalPolicy": one_of("destroy", "retain"),
    "boards": one_of("true", "false"),
    "alarmTopic": pattern(
        "arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}", "the ARN of an SNS topic, as arn:aws:sns:us-east-1:123456789012:operators"
    ),
    "events": one_of("true", "false"),
    "eventsPackage": pattern(".+", "the path of a zip"),
    "authorizer": one_of("none", "iam", "jwt"),
    "jwtIssuer": pattern(r"https://[!-~]+", "the address of an issuer of tokens, as https://login.example.com/"),
    "jwtAudience": pattern(r"[!-+\--~]+(,[!-+\--~]+)*", "one or more audiences with commas between them"),
    "throttleRate": whole(1, 10_000),
    "throttleBurst": whole(1, 5_000),
    "prefixes": pattern(
        "[A-Z0-9]([A-Z0-9_]*[A-Z0-9])?(,[A-Z0-9]([A-Z0-9_]*[A-Z0-9])?)*", "prefixes of A-Z 0-9 _ with commas between them, as PAYMENTS,ORDERS"
    ),
}

# What only the extension reads.
EXTENSION_SETTINGS = {
    f"{NAMESPACE}PORT": whole(1, 65_535),
    f"{NAMESPACE}CIRCUITS": pattern(".+", "a JSON object with settings of single circuits, or the path of a file with one"),
}

# What makes the function, or its extension, write the metrics that the boards are made of.
METRICS = "CIRCUIT_METRICS"
# What functions with the layer read beside the settings of circuits.
LAYERED_SETTINGS = {"SUCCESS_PROBABILITY", METRICS}
# The levels at which the log holds changes of state, and Lambda keeps lines that name no level.
INFORMATIVE = {"TRACE", "DEBUG", "INFO"}

# Those that the cdk command keeps in context for itself. All others of CDK hold a colon or a slash.
CDK_OWN = {"acknowledged-issue-numbers", "cli-telemetry"}


@dataclass(frozen=True)
class Settings:
    # The function's, or the layer's for a runtime that has the circuit from it.
    package: Path
    runtime: str
    is_local: bool
    stack_name: str
    function_memory: int
    function_timeout: int
    log_level: str
    log_retention: RetentionDays
    removal_policy: RemovalPolicy
    has_boards: bool
    alarm_topic: str | None
    has_events: bool
    events_package: Path
    authorizer: str
    jwt_issuer: str | None
    jwt_audience: list[str]
    throttle_rate: int
    throttle_burst: int
    environment: dict[str, str]

    @property
    def tells_of_openings(self) -> bool:
        """Whether somebody is notified of them, and the log holds them: they are of level INFO."""
        return (self.has_boards or self.alarm_topic is not None) and self.log_level in INFORMATIVE

    @property
    def keeps_data(self) -> bool:
        """Whether the table and the logs outlive the stack."""
        return self.removal_policy == RemovalPolicy.RETAIN

    @classmethod
    def from_context(cls, context: Mapping[str, object]) -> "Settings":
        values = _checked(context)
        _check_together(values)
        _check_authorizer(values)
        runtime = values.get("runtime", SWIFT)
        environment = {name: value for name, value in values.items() if name not in STACK_SETTINGS}
        if _check_boards(values):
            environment |= {METRICS: "emf"}
        _check_runtime(environment, runtime)
        if runtime in LAYERED:
            environment |= _pattern_defaults(values)
        return cls(
            package=Path(values.get("package", DEFAULT_LAYER if runtime in LAYERED else DEFAULT_PACKAGE)).absolute(),
            runtime=runtime,
            is_local=values.get("local") == "true",
            stack_name=values.get("stackName", "CircuitBreaker"),
            function_memory=int(values.get("functionMemory", "256")),
            function_timeout=int(values.get("functionTimeout", "10")),
            log_level=values.get("logLevel", "INFO"),
            log_retention=RETENTION[values.get("logRetention", "14")],
            removal_policy=RemovalPolicy[values.get("removalPolicy", "destroy").upper()],
            has_boards=values.get("boards") == "true",
            alarm_topic=values.get("alarmTopic"),
            has_events=values.get("events") == "true",
            events_package=Path(values.get("eventsPackage", DEFAULT_EVENTS)).absolute(),
            authorizer=values.get("authorizer", "none"),
            jwt_issuer=values.get("jwtIssuer"),
            jwt_audience=values.get("jwtAudience", "").split(","),
            throttle_rate=int(values.get("throttleRate", "100")),
            throttle_burst=int(values.get("throttleBurst", "100")),
            environment=environment,
        )


def _check_boards(values: Mapping[str, str]) -> bool:
    """Whether there are boards, and what they are made of can be there."""
    if values.get("boards") != "true":
        return False
    if values.get(METRICS, "emf") != "emf":
        raise DeployError(f'boards is "true", which needs {METRICS}=emf; leave {METRICS} out')
    level = values.get("logLevel", "INFO")
    if level not in INFORMATIVE:
        raise DeployError(
            f"logLevel is {_quoted(level)}, but must be INFO or lower with boards=true, since above it Lambda drops the lines that they are made of"
        )
    return True


def _check_runtime(environment: Mapping[str, str], runtime: str) -> None:
    for name in environment:
        is_layered = runtime in LAYERED
        if name in EXTENSION_SETTINGS if not is_layered else not name.startswith(NAMESPACE) and name not in LAYERED_SETTINGS:
            other = f"runtime={SWIFT}" if is_layered else " or ".join(f"runtime={name}" for name in LAYERED)
            raise DeployError(f"{name} is given, but says nothing with runtime={runtime}; leave it out, or use {other}")


def _pattern_defaults(values: Mapping[str, str]) -> dict[str, str]:
    """The pattern opens its circuit sooner than the extension does by itself."""
    (breaker,) = breakers(values, [])
    name = "FAILURE_THRESHOLD"
    return {} if breaker.policy()[0] != "failures" or breaker.given(name) else {NAMESPACE + name: BREAKER[name]["default"]}


def _checked(context: Mapping[str, object]) -> dict[str, str]:
    given = {name: _text(value) for name, value in context.items() if ":" not in name and "/" not in name and name not in CDK_OWN}
    # As in the function's environment, an empty value is none.
    prefixes = _prefixes(given)
    known = STACK_SETTINGS | EXTENSION_SETTINGS | function_settings(prefixes)
    for name, text in given.items():
        if name not in known:
            raise DeployError(_unknown(name, known))
        check, allowed = known[name]
        if text and not check(text):
            raise DeployError(f"{name} is {_quoted(text)}, but must be {allowed}")
    return {name: text for name, text in given.items() if text}


def _prefixes(given: Mapping[str, str]) -> list[str]:
    check, _ = STACK_SETTINGS["prefixes"]
    text = given.get("prefixes", "")
    return text.split(",") if check(text) else []


def _text(value: object) -> str:
    # cdk.json may hold numbers and booleans, the command line gives text.
    return str(value).lower() if isinstance(value, bool) else str(value)


def _quoted(text: str) -> str:
    # One line, whatever it holds.
    return json.dumps(text, ensure_ascii=False)


def _unknown(name: str, known: Mapping[str, object]) -> str:
    folded = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(name.lower(), folded, n=1)
    return f"unknown context value {_quoted(name)}" + (
        f", did you mean {folded[near[0]]}?" if near else "; infrastructure/README.md lists those there are"
    )


def _check_together(values: Mapping[str, str]) -> None:
    limit = int(values.get("functionTimeout", "10")) * 1000
    for breaker in breakers(values, _prefixes(values)):
        breaker.check()
        margin = breaker.value("DEADLINE_MARGIN_MS")
        # Every call would time out before it began.
        if margin != "off" and int(margin) >= limit:
            name = breaker.name("DEADLINE_MARGIN_MS")
            raise DeployError(f'{name} is "{margin}", but must be less than functionTimeout, which is {limit} ms')


def _check_authorizer(values: Mapping[str, str]) -> None:
    needed, authorizer = {"jwtIssuer", "jwtAudience"}, values.get("authorizer", "none")
    if authorizer == "jwt" and (missing := sorted(needed - values.keys())):
        raise DeployError(f'authorizer is "jwt", which needs {" and ".join(missing)} too')
    # Whoever gives one of them believes the API closed.
    if authorizer != "jwt" and (idle := sorted(needed & values.keys())):
        raise DeployError(f'{idle[0]} is given, but authorizer is "{authorizer}"; it must be jwt for that')
