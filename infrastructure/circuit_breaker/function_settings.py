# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The function's settings, as they are declared in Swift: `make settings` writes settings.json."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from circuit_breaker.checks import Check, declared
from circuit_breaker.errors import DeployError

DECLARED = json.loads((Path(__file__).parent / "settings.json").read_text())

BREAKER = {entry["name"]: entry for entry in DECLARED["breaker"]}
NAMESPACE = "CIRCUITBREAKER_"


def function_settings(prefixes: Sequence[str] = ()) -> dict[str, tuple[Check, str]]:
    """Those that are passed on as environment variables under the same names; one that is not given keeps the function's default."""
    settings = {NAMESPACE + name: declared(entry) for name, entry in BREAKER.items()}
    for prefix in prefixes:
        for name, entry in BREAKER.items():
            variable = f"{NAMESPACE}{prefix}_{name}"
            if _is_ambiguous(prefix, name):
                raise DeployError(f'prefixes holds "{prefix}", but must hold another, since {variable} would mean two settings')
            settings[variable] = declared(entry)
    return settings | {entry["name"]: declared(entry) for entry in DECLARED["service"]}


def _is_ambiguous(prefix: str, name: str) -> bool:
    """Whether the end of a prefix makes another setting's name of this one, as CALL does of TIMEOUT_MS."""
    parts = prefix.split("_")
    return any("_".join([*parts[start:], name]) in BREAKER for start in range(len(parts)))


def breakers(values: Mapping[str, str], prefixes: Sequence[str]) -> Iterator["Breaker"]:
    """The function's breakers as they were set: the one without a prefix, and one for each prefix."""
    plain = Breaker(values, (NAMESPACE,), BREAKER["POLICY"]["default"])
    yield plain
    for prefix in prefixes:
        yield Breaker(values, (f"{NAMESPACE}{prefix}_", NAMESPACE), plain.policy()[0])


@dataclass(frozen=True)
class Breaker:
    values: Mapping[str, str]
    # What the names of its variables begin with, the one that wins first.
    scopes: tuple[str, ...]
    # The policy, if nothing under the first of them says otherwise.
    base_policy: str

    def given(self, name: str) -> str | None:
        return next((scope + name for scope in self.scopes if scope + name in self.values), None)

    def name(self, name: str) -> str:
        return self.given(name) or self.scopes[0] + name

    def value(self, name: str) -> str:
        return self.values.get(self.name(name), BREAKER[name].get("default"))

    def policy(self) -> tuple[str, str | None]:
        """The policy, and the variable that makes it this one: what says something of one policy only makes it that, unless POLICY says otherwise."""
        own = [name for name in BREAKER if self.scopes[0] + name in self.values]
        if "POLICY" in own:
            return self.value("POLICY"), self.name("POLICY")
        other = next((name for name in own if self.base_policy not in BREAKER[name].get("policies", [self.base_policy])), None)
        return (BREAKER[other]["policies"][0], self.name(other)) if other else (self.base_policy, None)

    def check(self) -> None:
        """Checks what fits only together, as the function will."""
        for name, entry in BREAKER.items():
            self._check_limits(name, entry)
            self._check_policy(name, entry)
            self._check_needs(name, entry)

    def _refuse(self, name: str, allowed: str) -> None:
        raise DeployError(f"{self.name(name)} is {json.dumps(self.value(name))}, but must be {allowed}")

    def _check_limits(self, name: str, entry: Mapping[str, str]) -> None:
        least = entry.get("atLeast")
        # What nobody gave gives way.
        if not least or not self.given(name) or self.value(least) in (None, BREAKER[least].get("off")):
            return
        if int(self.value(name)) < int(self.value(least)):
            self._refuse(name, f"at least {self.name(least)}, which is {self.value(least)} ms")

    def _check_policy(self, name: str, entry: Mapping[str, Sequence[str]]) -> None:
        policy, cause = self.policy()
        if cause and self.scopes[0] + name in self.values and policy not in entry.get("policies", [policy]):
            self._refuse(name, f"given with the policy {' or '.join(entry['policies'])}, while {cause} makes it {policy}")

    def _check_needs(self, name: str, entry: Mapping[str, str]) -> None:
        needed = entry.get("needs")
        if needed and self.given(name) and self.value(name) != entry.get("off") and not self.given(needed):
            self._refuse(name, f"given together with {self.scopes[0]}{needed}")
