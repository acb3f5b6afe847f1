# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""CloudWatch's embedded metric format, as its specification has it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Real

SIZES = [size + kind for size in ("", "Kilo", "Mega", "Giga", "Tera") for kind in ("bytes", "bits")]
RATED = [size.capitalize() for size in SIZES] + ["Count"]
UNITS = {*RATED, *(f"{unit}/Second" for unit in RATED), "Seconds", "Microseconds", "Milliseconds", "Percent", "None"}
MOST_BYTES, MOST_KEYS, MOST_METRICS, MOST_VALUES, MOST_TEXT, MOST_KEY = 1 << 20, 30, 100, 100, 1024, 250
EARLIEST, LATEST = 10**12, 10**13


class MalformedLineError(ValueError):
    """A line of which CloudWatch makes no metrics."""


@dataclass(frozen=True)
class Value:
    namespace: str
    dimensions: tuple[tuple[str, ...], ...]
    name: str
    unit: str
    values: tuple[float, ...]


def read(line: str) -> list[Value]:
    """The metrics of a line."""
    _require(len(line.encode()) <= MOST_BYTES and "\n" not in line, "not one line of at most 1 MiB")
    try:
        root = json.loads(line)
    except ValueError as error:
        raise MalformedLineError(str(error)) from error
    _require(isinstance(root, dict) and isinstance(root.get("_aws"), dict), "no _aws")
    time = root["_aws"].get("Timestamp")
    _require(_is_number(time) and time == int(time) and EARLIEST < time < LATEST, "no Timestamp in ms")
    directives = root["_aws"].get("CloudWatchMetrics")
    _require(isinstance(directives, list) and bool(directives), "no CloudWatchMetrics")
    return [value for directive in directives for value in _values(directive, root)]


def _require(holds: bool, what: str) -> None:  # noqa: FBT001 (the one thing that it is about)
    if not holds:
        raise MalformedLineError(what)


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _is_text(value: object, most: int = MOST_TEXT) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= most


def _values(directive: object, root: dict) -> Iterator[Value]:
    _require(isinstance(directive, dict), "a directive is no object")
    namespace, sets, metrics = directive.get("Namespace"), directive.get("Dimensions"), directive.get("Metrics")
    _require(_is_text(namespace) and not namespace.startswith("AWS/"), "no Namespace")
    _require(isinstance(sets, list) and bool(sets), "no Dimensions")
    for keys in sets:
        _require(isinstance(keys, list) and len(keys) <= MOST_KEYS, "a dimension set is no array of at most 30 texts")
        _require(all(_is_text(key, MOST_KEY) and _is_text(root.get(key)) for key in keys), "a dimension is no text of the root")
    _require(isinstance(metrics, list) and len(metrics) <= MOST_METRICS, "no Metrics, or more than 100")
    for metric in metrics:
        _require(isinstance(metric, dict) and _is_text(metric.get("Name")), "a metric has no Name")
        name, unit = metric["Name"], metric.get("Unit", "None")
        _require(unit in UNITS, f"{name} has the unit {unit}")
        _require(metric.get("StorageResolution", 60) in (1, 60), f"{name} has no resolution of 1 or 60")
        values = root.get(name) if isinstance(root.get(name), list) else [root.get(name)]
        _require(len(values) <= MOST_VALUES and all(map(_is_number, values)), f"{name} is no number of the root, nor at most 100 of them")
        yield Value(namespace, tuple(map(tuple, sets)), name, unit, tuple(values))
