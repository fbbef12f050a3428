"""The scripts a newcomer meets first: plain sh, from any folder, clear when something is missing."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.fixtures.absence import unavailable

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
    again = subprocess.run([installed / "scripts/install", "runtime"], cwd="/", capture_output=True, text=True)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert time.monotonic() - began < 10


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


def test_without_a_browser_the_tests_run_and_say_how_to_get_one(installed: Path) -> None:
    """Somebody who is not root gets the command to ask their administrator for."""
    environment = {"PATH": str(few_programs(installed))}
    (installed / "bin/id").unlink()
    stand_in(installed / "bin/id", "echo 1000")
    ran = subprocess.run([installed / "scripts/test", "-x"], env=environment, capture_output=True, text=True)
    assert "sudo apt install chromium" in ran.stderr
    assert ran.stdout == "tests: -m pytest -x\n"
    assert ran.returncode == 0


def test_root_gets_the_browser_installed(installed: Path) -> None:
    programs = few_programs(installed)
    (programs / "id").unlink()
    stand_in(programs / "id", "echo 0")
    stand_in(programs / "apt-get", f'echo "$*" >> "{installed}/asked"')
    subprocess.run([installed / "scripts/test"], env={"PATH": str(programs)}, capture_output=True, check=True)
    updated, asked = (installed / "asked").read_text().splitlines()
    assert updated.startswith("update")
    assert asked.endswith("chromium fonts-noto-cjk")


def test_every_check_is_made_before_the_failed_ones_are_named(installed: Path) -> None:
    made = ("ruff", "mypy", "lint-imports", "deptry", "bandit")
    for name in made:
        stand_in(installed / ".venv/bin" / name, f'echo "{name} was here"; test {name} != mypy')
    checked = subprocess.run([installed / "scripts/check"], capture_output=True, text=True)
    assert all(f"{name} was here" in checked.stdout for name in made)
    assert (checked.returncode, checked.stderr) == (1, "Failed: types\n")


@pytest.mark.parametrize("refused", ["scripts/check", "scripts/test"])
def test_ci_makes_the_checks_and_the_tests_and_fails_with_either(installed: Path, refused: str) -> None:
    for script in ("scripts/check", "scripts/test"):
        stand_in(installed / script, f'echo "{script} CI=$CI"; test {script} != {refused}')
    ran = subprocess.run([installed / ".ci/run"], capture_output=True, text=True, cwd="/")
    assert ran.stdout == "scripts/check CI=true\nscripts/test CI=true\n"
    assert ran.returncode == 1


def test_what_a_machine_lacks_is_skipped_at_home_and_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception):
        unavailable("No browser")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="No browser"):
        unavailable("No browser")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A checkout that looks installed: a stand-in for the `firstline` command says how it was called."""
    house = tmp_path / "a checkout"
    shutil.copytree(HOUSE / "scripts", house / "scripts")
    for name in ("pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(HOUSE / name, house)
    shutil.copytree(HOUSE / ".ci", house / ".ci")
    (house / ".venv/bin").mkdir(parents=True)
    stand_in(house / ".venv/bin/firstline", 'echo "in $PWD: $*"')
    stand_in(house / ".venv/bin/python", 'echo "tests: $*"')
    (house / ".venv/place").write_text(f"{house}\n")
    project = (house / "pyproject.toml").read_text()
    for kind, lock in {"runtime": "requirements.lock", "development": "requirements-dev.lock"}.items():
        (house / f".venv/installed-{kind}").write_text((house / lock).read_text() + project)
    return house


def stand_in(program: Path, script: str) -> None:
    """Put a small script where a program is looked for."""
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def few_programs(house: Path) -> Path:
    """A folder with the few programs the scripts cannot do without, and no Python among them."""
    folder = house / "bin"
    folder.mkdir()
    for program in COREUTILS:
        found = shutil.which(program)
        assert found
        (folder / program).symlink_to(found)
    return folder


def install_with_few_programs(house: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(few_programs(house))}
    command: list[str | Path] = [house / "scripts/install", "runtime"]
    return subprocess.run(command, env=environment, capture_output=True, text=True)
