"""The `firstline` command, as somebody types it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from storage import outbox
from storage.database import Database
from tests.browser.seats import free_port

SAMPLE = Path(__file__).parents[2] / "bot" / "sample" / "desk.yaml"


def firstline(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder of its own."""
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{folder / 'desk.db'}", **settings}
    command = [sys.executable, "-m", "bot", *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)


def here(folder: Path, *words: str, **settings: str) -> Result:
    """The same without a process of its own, which takes most of the time."""
    environment = {"DATABASE_URL": f"sqlite:///{folder / 'desk.db'}", **settings}
    return CliRunner().invoke(main, words, env=environment)


def test_the_sample_company_has_no_holes(tmp_path: Path) -> None:
    """`check` proves, before it is needed, that every rung of the company we ship reaches somebody."""
    done = firstline(tmp_path, "check")
    troubles = [line for line in done.stderr.splitlines() if not line.startswith("warning: the holidays of ")]
    assert (done.returncode, troubles) == (0, [])
    assert "every rung reaches somebody" in done.stdout


def test_check_names_every_mistake_by_line_and_column(tmp_path: Path) -> None:
    """A file with mistakes is refused whole, with all of them."""
    broken = tmp_path / "desk.yaml"
    text = SAMPLE.read_text(encoding="utf-8")
    wrong = text.replace("group: network", "group: netwrk", 1).replace("roles: [auditor]", "roles: [autidor]")
    broken.write_text(wrong, encoding="utf-8")
    done = here(tmp_path, "check", FIRSTLINE_CONFIG=str(broken))
    assert done.exit_code == 1
    assert "netwrk" in done.stderr
    assert "autidor" in done.stderr
    assert all(line.startswith(f"{broken}:") for line in done.stderr.splitlines()[:-1])


def test_check_finds_a_rota_that_names_nobody(tmp_path: Path) -> None:
    """An engineer on leave with nobody behind them is a hole, found a week before it hurts."""
    text = SAMPLE.read_text(encoding="utf-8")
    absence = "absences: [{person: song.yu, start: 2020-01-01 00:00, end: 2099-01-01 00:00}]"
    away = text.replace("rota:", f"rota:\n          {absence}", 1)
    (tmp_path / "desk.yaml").write_text(away, encoding="utf-8")
    done = here(tmp_path, "check", FIRSTLINE_CONFIG=str(tmp_path / "desk.yaml"))
    assert done.exit_code == 1, done.stderr
    assert "nobody is on call in tier 1" in done.stderr


@pytest.mark.parametrize(
    ("text", "service", "article"),
    [("My VPN drops every few minutes", "vpn", "vpn-drops"), ("打印机卡纸了", "printing", "printer-paper-jam")],
)
def test_ask_shows_what_the_bot_understands(tmp_path: Path, text: str, service: str, article: str) -> None:
    """Intent, service, matches with their probability, and the verdict, as JSON."""
    found = json.loads(here(tmp_path, "ask", text, "--json").stdout)
    assert (found["intent"], found["service"]) == ("fault", service)
    assert found["matches"][0]["article"] == article
    assert 0 <= found["matches"][0]["probability"] <= 1
    assert found["verdict"] in ("answer", "suggest")


def test_a_wrong_setting_is_said_in_one_sentence(tmp_path: Path) -> None:
    """No traceback for a typo."""
    done = firstline(tmp_path, "run", FIRSTLINE_PORT="eighty")
    assert done.returncode != 0
    assert "FIRSTLINE_PORT is 'eighty'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [("ask", "vpn"), ("link", "zhao.min"), ("run",)], ids=" ".join)
def test_a_missing_file_is_said_in_a_sentence_by_every_command(tmp_path: Path, words: tuple[str, ...]) -> None:
    """No traceback tells anybody where their file is not."""
    done = here(tmp_path, *words, FIRSTLINE_CONFIG=str(tmp_path / "nowhere.yaml"))
    assert (done.exit_code, done.stdout) == (1, "")
    assert "nowhere.yaml:1:1: cannot read the file" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_said_in_one_sentence(tmp_path: Path) -> None:
    """Before anything is built: whoever starts it twice by mistake reads why."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = firstline(tmp_path, "run", FIRSTLINE_PORT=str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "set FIRSTLINE_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_stuck_can_be_seen_and_sent_again(tmp_path: Path) -> None:
    """A dead letter is not lost: it has a number, a reason, and a way back."""
    asyncio.run(bury_a_letter(f"sqlite:///{tmp_path / 'desk.db'}"))
    shown = here(tmp_path, "stuck")
    assert "outbox 1: told for person:wang.fang" in shown.stdout
    assert "never taken" in shown.stdout
    assert here(tmp_path, "stuck", "--again", "1").exit_code == 0
    assert "Nothing is stuck" in here(tmp_path, "stuck").stdout
    assert "nothing that is stuck is called 7" in here(tmp_path, "stuck", "--again", "7").stderr


async def bury_a_letter(url: str) -> None:
    """One message that its channel refused for good."""
    now = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    database = await Database.open(url, clock=lambda: now)
    await database.migrate()
    async with database.transaction() as tx:
        await outbox.put(tx, "key", "person:wang.fang", "told", {}, 1, None, now)
    async with database.transaction() as tx:
        (row,) = await outbox.claim(tx, "somebody", now, 30, 1)
        await outbox.dead(tx, row, "never taken")
    await database.close()


def test_the_running_desk_signs_in_reloads_and_stops(tmp_path: Path) -> None:
    """A link signs somebody in once; SIGHUP keeps the old file when the new one is wrong; SIGTERM ends it well."""
    config, port = tmp_path / "desk.yaml", free_port()
    config.write_text(SAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    settings = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'desk.db'}",
        "FIRSTLINE_CONFIG": str(config),
        "FIRSTLINE_PORT": str(port),
    }
    log = tmp_path / "log.txt"
    with log.open("w") as output:
        command = [sys.executable, "-m", "bot", "run"]
        process = subprocess.Popen(command, env={**os.environ, **settings}, stdout=output, stderr=output)
    try:
        until(lambda: "is ready" in log.read_text(), log)
        address = f"http://127.0.0.1:{port}"
        assert httpx.get(f"{address}/readyz").json()["ready"] is True
        assert httpx.get(f"{address}/healthz").json()["alive"] is True
        assert "firstline_outbox_rows" in httpx.get(f"{address}/metrics").text

        link = firstline(tmp_path, "link", "wang.fang", **settings).stdout.strip()
        assert link.startswith(f"{address}/sign-in/")
        assert httpx.get(link).status_code == 200
        assert "wang" not in log.read_text()

        config.write_text(config.read_text(encoding="utf-8").replace("group: network", "group: nowhere", 1))
        process.send_signal(signal.SIGHUP)
        until(lambda: "organisation.refused" in log.read_text(), log)
        config.write_text(SAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
        process.send_signal(signal.SIGHUP)
        until(lambda: "organisation.reloaded" in log.read_text(), log)
        assert link.rpartition("/")[2] not in log.read_text()

        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        process.kill()


def until(happened: object, log: Path, seconds: float = 30) -> None:
    """Wait for something that is about to happen."""
    assert callable(happened)
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.1)
