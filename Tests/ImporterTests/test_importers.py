# SPDX-License-Identifier: Apache-2.0
"""What importing a product costs: the packages that an importer's package resolves, and the modules that it builds."""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SWIFT = os.environ.get("CIRCUIT_BREAKER_SWIFT", "swift")
IDENTITY = ROOT.name.lower()
LOG = {"swift-log"}
NIO = {"swift-atomics", "swift-collections", "swift-nio", "swift-system"}
LIFECYCLE = {"swift-async-algorithms", "swift-collections", "swift-service-lifecycle"}
# What async-http-client brings.
HTTP_CLIENT = NIO | {
    "async-http-client",
    "swift-algorithms",
    "swift-asn1",
    "swift-async-algorithms",
    "swift-certificates",
    "swift-configuration",
    "swift-crypto",
    "swift-distributed-tracing",
    "swift-http-structured-headers",
    "swift-http-types",
    "swift-nio-extras",
    "swift-nio-http2",
    "swift-nio-ssl",
    "swift-nio-transport-services",
    "swift-numerics",
    "swift-service-context",
    "swift-service-lifecycle",
}
# Each product for importers: the traits that it needs, and the packages that these cost.
PRODUCTS = {
    "CircuitBreaker": ([], LOG),
    "CircuitBreakerTesting": ([], LOG),
    "CircuitBreakerDynamoDB": (["DynamoDB"], LOG | HTTP_CLIENT),
    "CircuitBreakerHTTPClient": (["HTTPClient"], LOG | HTTP_CLIENT),
    "CircuitBreakerHummingbird": (["Hummingbird"], LOG | HTTP_CLIENT | {"hummingbird", "swift-metrics"}),
    "CircuitBreakerLambda": (["DynamoDB", "Lambda"], LOG | HTTP_CLIENT),
    "CircuitBreakerSQS": (["DynamoDB", "Lambda"], LOG | HTTP_CLIENT),
    "LambdaRuntime": (["Lambda"], LOG | NIO),
    "CircuitBreakerConfiguration": (["Configuration"], LOG | LIFECYCLE | {"swift-configuration", "swift-system"}),
    "CircuitBreakerGRPC": (["GRPC"], LOG | {"grpc-swift-2", "swift-collections"}),
    "CircuitBreakerLifecycle": (["ServiceLifecycle"], LOG | LIFECYCLE),
    "CircuitBreakerValkey": (["Valkey"], LOG | NIO | {"swift-nio-ssl"}),
}


def importer(folder: Path, product: str, traits: list[str], source: str) -> Path:
    """A package outside of this one whose program imports one product."""
    (folder / "Sources/importer").mkdir(parents=True)
    (folder / "Sources/importer/main.swift").write_text(source)
    (folder / "Package.swift").write_text(f"""// swift-tools-version: 6.2
import PackageDescription
let package = Package(
    name: "importer",
    platforms: [.macOS(.v15)],
    dependencies: [.package(path: {json.dumps(str(ROOT))}, traits: {json.dumps(traits)})],
    targets: [.executableTarget(name: "importer", dependencies: [.product(name: "{product}", package: "{IDENTITY}")])]
)
""")
    return folder


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([SWIFT, *command], cwd=folder, capture_output=True, text=True, check=False)


def resolved(folder: Path) -> set[str]:
    result = run(folder, "package", "show-dependencies", "--format", "json")
    assert result.returncode == 0, result.stderr

    def below(package):
        for dependency in package["dependencies"]:
            yield dependency["identity"]
            yield from below(dependency)

    found = set(below(json.loads(result.stdout[result.stdout.index("{") :])))
    assert {path.name for path in (folder / ".build/checkouts").iterdir()} == found - {IDENTITY}
    return found - {IDENTITY}


def test_the_products_for_importers_are_all_here():
    description = json.loads(run(ROOT, "package", "dump-package").stdout)
    libraries = {product["name"] for product in description["products"] if "library" in product["type"]}
    # Its target has unsafe flags, with which SwiftPM lets nobody import it by URL.
    assert libraries - {"FleetSimulator"} == set(PRODUCTS)


@pytest.mark.parametrize("product", PRODUCTS)
def test_an_importer_resolves_what_the_product_needs_and_nothing_else(tmp_path, product):
    traits, packages = PRODUCTS[product]
    assert resolved(importer(tmp_path, product, traits, f"import {product}\n")) == packages


def test_an_importer_of_the_library_alone_builds_it_and_swift_log(tmp_path):
    source = 'import CircuitBreaker\nprint(try CircuitBreaker("payments").id)\n'
    result = run(importer(tmp_path, "CircuitBreaker", [], source), "run")
    assert (result.returncode, result.stdout.strip()) == (0, "payments"), result.stderr + result.stdout
    modules = {path.stem for path in (tmp_path / ".build/debug/Modules").glob("*.swiftmodule")}
    # SafeText is a target of this package.
    assert modules == {"importer", "CircuitBreaker", "SafeText", "Logging"}


def test_the_http_client_needs_nothing_of_the_store(tmp_path):
    # What both are built on stands behind either's trait.
    source = """import AsyncHTTPClient
import CircuitBreaker
import CircuitBreakerHTTPClient
let client = HTTPClient(configuration: .forCircuits())
let breaker = try CircuitBreaker("payments")
let response = try? await client.execute(HTTPClientRequest(url: "http://127.0.0.1:1/"), through: breaker)
print(breaker.counts.failed, response == nil)
try await client.shutdown()
"""
    result = run(importer(tmp_path, "CircuitBreakerHTTPClient", ["HTTPClient"], source), "run")
    assert (result.returncode, result.stdout.strip()) == (0, "1 true"), result.stderr + result.stdout
    modules = {path.stem for path in (tmp_path / ".build/debug/Modules").glob("*.swiftmodule")}
    assert "HTTPGuard" in modules and not modules & {"AWSClient", "LoopbackHTTP", "Hummingbird"}


@pytest.mark.parametrize("product", [product for product, (traits, _) in PRODUCTS.items() if traits])
def test_a_product_without_its_trait_says_which(tmp_path, product):
    result = run(importer(tmp_path, product, [], f"import {product}\n"), "build")
    assert result.returncode != 0
    output = result.stdout.replace("\\", "") + result.stderr
    # One of several that are missing stops the build first.
    assert any(f'needs its package trait: add traits: ["{trait}"]' in output for trait in PRODUCTS[product][0]), output
