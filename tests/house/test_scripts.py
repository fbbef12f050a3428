"""The scripts a newcomer meets first: plain sh, from any folder, clear when something is missing."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
SCRIPTS = sorted((HOUSE / "scripts").iterdir())
COREUTILS = ("sh", "cat", "cmp", "dirname", "head", "id", "rm")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_is_executable_plain_sh(script: Path) -> None:
    assert os.access(script, os.X_OK)
    assert script.read_text().startswith("#!/bin/sh\n")
    checked = subprocess.run(["/bin/sh", "-n", script], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr


def test_installing_twice_does_nothing_the_second_time(installed: Path) -> None:
    began = time.monotonic()
    again = subprocess.run(
        [installed / "scripts/install", "runtime"], cwd="/", capture_output=True, text=True
    )
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert time.monotonic() - began < 1


def test_run_starts_the_command_from_any_folder_with_what_one_adds(installed: Path, tmp_path: Path) -> None:
    started = subprocess.run(
        [installed / "scripts/run", "--port", "8080"], cwd=tmp_path, capture_output=True, text=True
    )
    assert started.stdout == f"in {installed}: run --port 8080\n"
    assert started.returncode == 0


def test_a_changed_lock_is_installed_again(installed: Path) -> None:
    with (installed / "requirements.lock").open("a") as lock:
        lock.write("# something new\n")
    again = install_with_few_programs(installed)
    assert again.returncode == 1
    assert "Firstline needs Python 3.11 or newer" in again.stderr


def test_a_copied_environment_is_not_mistaken_for_an_installed_one(installed: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere"
    shutil.copytree(installed, moved)
    again = install_with_few_programs(moved)
    assert again.returncode == 1
    assert "sudo apt install python3" in again.stderr


def test_an_unknown_kind_is_refused(installed: Path) -> None:
    refused = subprocess.run([installed / "scripts/install", "everything"], capture_output=True, text=True)
    assert refused.returncode == 2
    assert refused.stderr.startswith("usage: ")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A checkout that looks installed: a stand-in for the `firstline` command says how it was called."""
    house = tmp_path / "a checkout"
    shutil.copytree(HOUSE / "scripts", house / "scripts")
    for name in ("pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(HOUSE / name, house)
    (house / ".venv/bin").mkdir(parents=True)
    command = house / ".venv/bin/firstline"
    command.write_text('#!/bin/sh\necho "in $PWD: $*"\n')
    command.chmod(0o755)
    (house / ".venv/place").write_text(f"{house}\n")
    recipe = (house / "requirements.lock").read_text() + (house / "pyproject.toml").read_text()
    (house / ".venv/installed-runtime").write_text(recipe)
    return house


def install_with_few_programs(house: Path) -> subprocess.CompletedProcess[str]:
    """Run scripts/install where no Python is to be found."""
    bare = house / "bin"
    bare.mkdir()
    for program in COREUTILS:
        found = shutil.which(program)
        assert found
        (bare / program).symlink_to(found)
    environment = {"PATH": str(bare)}
    command: list[str | Path] = [house / "scripts/install", "runtime"]
    return subprocess.run(command, env=environment, capture_output=True, text=True)
