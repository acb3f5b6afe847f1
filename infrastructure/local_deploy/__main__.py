# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
import argparse
import contextlib
import json
import os
import signal
import sys
import time
from pathlib import Path

from circuit_breaker.errors import DeployError
from circuit_breaker.package import DEFAULT_LAYER, DEFAULT_PACKAGE, read_layer, read_package
from circuit_breaker.runtimes import LAYERED, SWIFT
from guarded_ministack.loopback import own_network
from local_deploy.extension import LocalExtension, free_port
from local_deploy.front import Front
from local_deploy.local_aws import ACCOUNT, COMMAND, REGION, LocalAWS, address
from local_deploy.log import FunctionLog
from local_deploy.processes import Processes, processes

ROOT = Path(__file__).parents[1]
START_SECONDS = 60
POLL_SECONDS = 0.25


class Stopped(BaseException):
    """A signal asked for the end."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make deploy-local", description=sys.modules[__package__].__doc__)
    parser.add_argument("--port", type=int, default=0, help="where the HTTP API listens on 127.0.0.1 (any free one if not given)")
    parser.add_argument("--runtime", choices=(SWIFT, *LAYERED), default=SWIFT, help="the language of the pattern's function")
    parser.add_argument("--package", type=Path, help="the function's zip, or the layer's for a language that has the circuit from it")
    parser.add_argument("-c", dest="context", action="append", default=[], metavar="NAME=VALUE", help="a setting of the stack, as for ./cdk deploy")
    parser.add_argument(
        "--network",
        choices=("own", "machine"),
        help="whether the function and the stand-in for AWS get a network of their own, out of which they reach nothing; "
        "by default the pattern's function does where the system has that, unless it is given an UPSTREAM_URL",
    )
    options = parser.parse_args()
    options.is_layered = options.runtime in LAYERED
    usual = DEFAULT_LAYER if options.is_layered else DEFAULT_PACKAGE
    options.is_usual = options.package in {None, usual}
    options.package = options.package or usual
    return options


def say(text: str) -> None:
    print(text, flush=True)


def network(options: argparse.Namespace) -> list[str]:
    """What stands before the stand-in's command."""
    kept = json.loads((ROOT / "cdk.json").read_text())["context"]
    settings = {**kept, **dict(setting.partition("=")[::2] for setting in options.context)}
    needs_the_machines = not options.is_usual or options.is_layered or bool(settings.get("UPSTREAM_URL"))
    if options.network == "machine" or (options.network is None and needs_the_machines):
        return []
    if options.is_layered:
        raise DeployError("the extension runs beside the stand-in, in this machine's network; leave --network out")
    own = own_network()
    if own is None and options.network == "own":
        raise DeployError("this system gives no process a network of its own; leave --network out, and a guard keeps others away")
    return own or []


def start_aws(started: Processes, own: list[str]) -> LocalAWS:
    if not COMMAND.exists():
        raise DeployError("no stand-in for AWS in this venv; run ../scripts/install-pinned python3 .venv requirements-dev.txt in infrastructure/")
    log = started.folder / "ministack.log"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with address() as listening:
        aws = LocalAWS(listening.getsockname()[1])
        environment = {**inherited, **aws.settings(started.folder)}
        process = started.start(aws.command(listening, own), log, environment, pass_fds=(listening.fileno(),))
    deadline = time.monotonic() + START_SECONDS
    while not aws.is_up():
        if process.poll() is not None or time.monotonic() > deadline:
            raise DeployError(f"the stand-in for AWS did not come up:\n{log.read_text()}")
        time.sleep(0.05)
    return aws


def run_cdk(started: Processes, aws: LocalAWS, *command: str | Path) -> None:
    log = started.folder / "cdk.log"
    log.write_text("")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}
    # Whatever account this machine knows stays out of reach.
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true"}
    environment = {**inherited, **nowhere, **aws.environment, "VIRTUAL_ENV": sys.prefix, "TMPDIR": str(started.folder)}
    process = started.start([ROOT / "cdk", *command], log, environment)
    if process.wait() != 0:
        errors = [line for line in log.read_text().splitlines() if line.startswith("error: ")]
        raise DeployError(errors[0].removeprefix("error: ") if errors else f"cdk {command[0]} failed:\n{log.read_text()}")


def deploy(started: Processes, aws: LocalAWS, options: argparse.Namespace) -> dict[str, str]:
    context = [part for setting in options.context for part in ("-c", setting)]
    context += ["-c", "local=true", "-c", f"package={options.package.absolute()}", "-c", f"runtime={options.runtime}"]
    # The app runs once, which takes longer than all the rest.
    assembly, outputs = started.folder / "cdk.out", started.folder / "outputs.json"
    run_cdk(started, aws, "synth", "--quiet", "--output", assembly, *context)
    run_cdk(started, aws, "bootstrap", f"aws://{ACCOUNT}/{REGION}", "--app", assembly)
    run_cdk(started, aws, "deploy", "--require-approval", "never", "--outputs-file", outputs, "--app", assembly)
    (stack,) = json.loads(outputs.read_text()).values()
    return stack


def serve(started: Processes, front: Front, options: argparse.Namespace) -> None:
    own = network(options)
    say("starting a stand-in for AWS, " + ("in a network of its own" if own else "in this machine's network"))
    aws = start_aws(started, own)
    if options.is_layered:
        options.context.append(f"CIRCUITBREAKER_PORT={free_port()}")
    say("deploying to it with cdk")
    outputs = deploy(started, aws, options)
    extension = None
    if options.is_layered:
        function = aws.client("lambda").get_function_configuration(FunctionName=outputs["FunctionName"])
        extension = LocalExtension(started, aws, options.package, function["Environment"]["Variables"])
    front.open(aws.port, aws.host_of(outputs["HttpApiUrl"]))
    say("")
    say(f"HTTP API Url: {front.url}")
    say(f"table:        {outputs['TableName']}")
    say(f"function:     {outputs['FunctionName']}")
    say("To use aws or breaker on it from another terminal:")
    say(f"  export AWS_ENDPOINT_URL={aws.url} AWS_REGION={REGION} AWS_DEFAULT_REGION={REGION}")
    say(f"  export AWS_ACCESS_KEY_ID={aws.key} AWS_SECRET_ACCESS_KEY={aws.secret}")
    say("The function's log follows; ctrl-C takes all of it down.")
    say("")
    logs = [FunctionLog(aws.client("logs"), outputs["LogGroupName"])]
    if extension:
        logs.append(extension)
    while aws.is_up():
        for log in logs:
            for line in log.new_lines():
                say(line)
        time.sleep(POLL_SECONDS)
    raise DeployError("the stand-in for AWS has ended")


def stop(*_: object) -> None:
    raise Stopped


def main() -> None:
    options = arguments()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        (read_layer if options.is_layered else read_package)(options.package)
        try:
            front = Front(options.port)
        except OSError as error:
            raise DeployError(f"cannot listen on 127.0.0.1:{options.port}: {error.strerror}; choose another with PORT=…") from None
        except OverflowError:
            raise DeployError(f"there is no port {options.port}; choose one from 1 to 65535 with PORT=…") from None
        with contextlib.closing(front.socket), processes() as started:
            serve(started, front, options)
    except DeployError as error:
        sys.exit(f"error: {error}")
    except Stopped:
        say("all of it is down")


if __name__ == "__main__":
    main()
