# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
import os
import sys

from aws_cdk import App

from circuit_breaker.errors import DeployError
from circuit_breaker.package import read_layer, read_package
from circuit_breaker.runtimes import LAYERED
from circuit_breaker.settings import Settings
from circuit_breaker.stack import CircuitBreakerStack
from circuit_breaker.target import check_target


def main() -> None:
    app = App()
    try:
        settings = Settings.from_context(app.node.get_all_context())
        package = (read_layer if settings.runtime in LAYERED else read_package)(settings.package)
        # Set by ./cdk for the commands that go to AWS.
        if "CDK_APP_NEEDS_TARGET" in os.environ:
            check_target(os.environ)
    except DeployError as error:
        sys.exit(f"error: {error}")
    CircuitBreakerStack(app, "CircuitBreaker", settings=settings, package=package)
    app.synth()


if __name__ == "__main__":
    main()
