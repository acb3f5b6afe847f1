# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template

from circuit_breaker.package import DEFAULT_EVENTS, DEFAULT_LAYER, EXTENSION, read_layer, read_package
from circuit_breaker.runtimes import LAYERED
from circuit_breaker.settings import DEFAULT_PACKAGE, Settings
from circuit_breaker.stack import CircuitBreakerStack
from tests.deployed import prepare_account
from tests.local_aws import LocalAWS, local_aws
from tests.local_runs import Run, echo_package, runs
from tests.packages import elf, write_package

ROOT = Path(__file__).parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-snapshot", action="store_true", help="accept the template as it is now")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return write_package(tmp_path)


@pytest.fixture
def layer_package(tmp_path: Path) -> Path:
    return write_package(tmp_path, content=elf(62), name=EXTENSION)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Starts a run of `make deploy-local`."""
    with runs(tmp_path) as start:
        yield start


@pytest.fixture
def echo(tmp_path: Path) -> Path:
    return echo_package(tmp_path)


@pytest.fixture(scope="session")
def real_package() -> Path:
    """What `make package` built."""
    assert DEFAULT_PACKAGE.is_file(), f'{DEFAULT_PACKAGE} is not there; "make test-infrastructure" builds it first'
    return DEFAULT_PACKAGE


@pytest.fixture(scope="session")
def real_layer() -> Path:
    """What `make layer` built."""
    assert DEFAULT_LAYER.is_file(), f'{DEFAULT_LAYER} is not there; "make test-infrastructure" builds it first'
    return DEFAULT_LAYER


@pytest.fixture(scope="session")
def real_events() -> Path:
    """What `make events` built."""
    assert DEFAULT_EVENTS.is_file(), f'{DEFAULT_EVENTS} is not there; "make test-infrastructure" builds it first'
    return DEFAULT_EVENTS


@pytest.fixture(scope="session")
def queue_function() -> Path:
    """What `make package EXAMPLE=SQSFunction` built."""
    path = ROOT.parent / "Examples/SQSFunction/build/lambda/bootstrap.zip"
    assert path.is_file(), f'{path} is not there; "make test-infrastructure" builds it first'
    return path


@pytest.fixture(scope="session")
def bootstrap(real_package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The executable in it."""
    with zipfile.ZipFile(real_package) as archive:
        path = Path(archive.extract("bootstrap", tmp_path_factory.mktemp("bootstrap")))
    path.chmod(0o755)
    return path


@pytest.fixture(scope="session")
def aws(real_package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAWS]:
    """A stand-in for AWS that stacks with the real package can be deployed to."""
    folder = tmp_path_factory.mktemp("aws")
    with local_aws(folder) as aws:
        prepare_account(aws, folder, real_package)
        yield aws


@pytest.fixture
def synth(package: Path) -> Callable[..., dict]:
    """Gives the template that a deploy with the given context would send."""

    def run(**context: object) -> dict:
        app = App(context=json.loads((ROOT / "cdk.json").read_text())["context"])
        settings = Settings.from_context({"package": str(package), "eventsPackage": str(package), **context})
        read = read_layer if settings.runtime in LAYERED else read_package
        stack = CircuitBreakerStack(app, "CircuitBreaker", settings=settings, package=read(settings.package))
        return Template.from_stack(stack).to_json()

    return run
