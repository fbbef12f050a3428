"""The walls of the house stand, and each of them is seen when it is broken.

The contracts are in pyproject.toml. Every test here that breaks one does so in a copy of the five packages.
"""

import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

HOUSE = Path(__file__).parents[2]
PACKAGES = ("bot", "intents", "faq", "escalation", "storage")


@dataclass(frozen=True, slots=True)
class Intrusion:
    """A line of code in the wrong place: `contract` forbids `module` to say `line`."""

    contract: str
    module: str
    line: str


INTRUSIONS = [
    Intrusion("house", "storage.intruder", "import bot.messages"),
    Intrusion("house", "faq.intruder", "import storage"),
    Intrusion("house", "intents.intruder", "import escalation"),
    Intrusion("house", "escalation.intruder", "def later():\n    import faq"),
    Intrusion("thinkers", "intents.intruder", "import asyncio"),
    Intrusion("thinkers", "faq.intruder", "from sqlalchemy import select"),
    Intrusion("thinkers", "escalation.intruder", "from apscheduler.triggers.cron import CronTrigger"),
    Intrusion("thinkers", "intents.intruder", "import httpx"),
    Intrusion("floors", "bot.desk.intruder", "import bot.dialogue"),
    Intrusion("floors", "bot.settings.intruder", "import bot.desk"),
    Intrusion("floors", "bot.desk.intruder", "import bot.web"),
    Intrusion("floors", "bot.attic", "import bot.messages"),
    Intrusion("channels", "bot.channels.web.intruder", "import bot.desk"),
    Intrusion("channels", "bot.channels.slack.intruder", "import storage"),
    Intrusion("channels", "bot.channels.telegram.intruder", "import escalation"),
    Intrusion("channels", "bot.channels.slack.intruder", "import bot.messages.port"),  # past its face
    Intrusion("rooms", "bot.channels.web.intruder", "import bot.channels.slack"),
    Intrusion("slack", "bot.dialogue.intruder", "import slack_sdk"),
    Intrusion("slack", "bot.channels.telegram.intruder", "from slack_bolt.async_app import AsyncApp"),
    Intrusion("telegram", "bot.channels.slack.intruder", "import telegram"),
    Intrusion("telegram", "storage.intruder", "from telegram import Update"),
]

GUESTS = [
    Intrusion("slack", "bot.channels.slack.wiring", "from slack_bolt.async_app import AsyncApp"),
    Intrusion("telegram", "bot.channels.telegram.wiring", "import telegram"),
    Intrusion("channels", "bot.channels.web.wiring", "from bot.messages import Text\nimport bot.channels.web"),
]


@pytest.fixture
def copy_of_the_house(tmp_path: Path) -> Path:
    """The five packages' Python files and the contracts, in a folder where they may be broken."""
    for package in PACKAGES:
        copytree(HOUSE / package, tmp_path / package, ignore=_all_but_python)
    (tmp_path / "pyproject.toml").write_bytes((HOUSE / "pyproject.toml").read_bytes())
    return tmp_path


def test_all_walls_stand() -> None:
    verdict = lint_imports(HOUSE)
    assert verdict.returncode == 0, verdict.stdout


@pytest.mark.parametrize("contract", sorted({intrusion.contract for intrusion in INTRUSIONS}))
def test_every_intruder_is_reported(copy_of_the_house: Path, contract: str) -> None:
    """Each by its own line: all that break one contract stand in one copy of the house."""
    intruders = [
        Intrusion(each.contract, f"{each.module}_{number}", each.line)
        for number, each in enumerate(INTRUSIONS)
        if each.contract == contract
    ]
    for intruder in intruders:
        place(intruder, copy_of_the_house)
    verdict = lint_imports(copy_of_the_house, contract)
    assert verdict.returncode == 1, verdict.stdout
    for intruder in intruders:
        assert re.search(rf"{re.escape(intruder.module)}\b", verdict.stdout), f"{intruder}\n{verdict.stdout}"


@pytest.mark.parametrize("guest", GUESTS, ids=lambda it: f"{it.contract}: {it.module}")
def test_who_belongs_there_may_stay(copy_of_the_house: Path, guest: Intrusion) -> None:
    place(guest, copy_of_the_house)
    verdict = lint_imports(copy_of_the_house, guest.contract)
    assert verdict.returncode == 0, verdict.stdout


def test_every_contract_is_broken_at_least_once_here() -> None:
    contracts = tomllib.loads((HOUSE / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {contract["id"] for contract in contracts} == {intrusion.contract for intrusion in INTRUSIONS}


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        str(module.relative_to(HOUSE))
        for package in PACKAGES
        for module in (HOUSE / package).rglob("*.py")
        if re.search(r"\bos\.(environ(?!\.setdefault)|getenv)\b|from os import .*(environ|getenv)", module.read_text())
    }
    assert readers <= {"bot/settings.py"}


def place(intrusion: Intrusion, house: Path) -> None:
    """Write the line into its module, and make the packages that the module and the line speak of."""
    *parents, name = intrusion.module.split(".")
    (make_package(house, parents) / f"{name}.py").write_text(intrusion.line + "\n")
    imported = intrusion.line.split("import ")[-1]
    if imported.startswith("bot.") and not (house / imported.replace(".", "/")).with_suffix(".py").exists():
        make_package(house, imported.split("."))


def make_package(house: Path, parts: list[str]) -> Path:
    folder = house
    for part in parts:
        folder = folder / part
        folder.with_suffix(".py").unlink(missing_ok=True)
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").touch()
    return folder


def lint_imports(house: Path, contract: str | None = None) -> subprocess.CompletedProcess[str]:
    only = () if contract is None else ("--contract", contract)
    program = Path(sys.executable).with_name("lint-imports")
    command = [program, "--no-cache", "--no-logo", *only]
    return subprocess.run(command, cwd=house, capture_output=True, text=True, timeout=60)


def _all_but_python(folder: str, names: list[str]) -> set[str]:
    keep = {name for name in names if name.endswith(".py") or (Path(folder) / name).is_dir()}
    return (set(names) - keep) | ignore_patterns("__pycache__")(folder, names)
