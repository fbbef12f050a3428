"""The locks hold everything pyproject.toml asks for, by hash, and do not say where to get it."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

HOUSE = Path(__file__).parents[2]
RUNTIME, DEVELOPMENT = HOUSE / "requirements.lock", HOUSE / "requirements-dev.lock"
PROJECT = tomllib.loads((HOUSE / "pyproject.toml").read_text())
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[^]]*\])?==(?P<version>[^ ;]+)")


@dataclass(frozen=True, slots=True)
class Pin:
    version: Version
    hashes: int


def asked_for(lock: Path) -> list[Requirement]:
    groups = PROJECT["dependency-groups"]
    wanted = [*PROJECT["project"]["dependencies"], *groups["build"], *PROJECT["build-system"]["requires"]]
    if lock == DEVELOPMENT:
        wanted += groups["dev"]
    return [Requirement(line) for line in wanted]


def pins(lock: Path) -> dict[str, Pin]:
    """What a lock holds, by canonical name."""
    found: dict[str, Pin] = {}
    for entry in re.split(r"\n(?=\S)", lock.read_text()):
        if match := PIN.match(entry):
            name = canonicalize_name(match["name"])
            found[name] = Pin(Version(match["version"]), entry.count("--hash=sha256:"))
    return found


both_locks = pytest.mark.parametrize("lock", [RUNTIME, DEVELOPMENT], ids=lambda lock: lock.name)


@both_locks
def test_every_dependency_is_locked_to_a_version_it_allows(lock: Path) -> None:
    held = pins(lock)
    for requirement in asked_for(lock):
        pin = held.get(canonicalize_name(requirement.name))
        assert pin, f"{requirement.name} is not in {lock.name}: run ./scripts/lock"
        assert requirement.specifier.contains(pin.version), f"{requirement} is locked to {pin.version}"


@both_locks
def test_every_locked_package_has_hashes(lock: Path) -> None:
    held = pins(lock)
    assert len(held) > 40
    assert not [name for name, pin in held.items() if pin.hashes == 0]


@both_locks
def test_a_lock_names_no_place_to_download_from(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    assert not re.findall(r"(?m)^-", text)


def test_tests_run_on_the_versions_that_people_run() -> None:
    development = pins(DEVELOPMENT)
    for name, pin in pins(RUNTIME).items():
        assert development[name].version == pin.version, f"{name} differs: run ./scripts/lock"


def test_every_dependency_has_a_floor() -> None:
    """Without one a resolver may silently go back by years."""
    for requirement in asked_for(DEVELOPMENT):
        assert any(bound.operator in (">=", "~=", "==") for bound in requirement.specifier), str(requirement)
