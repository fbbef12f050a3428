"""What can be said about the container without an engine to run it.

The image's own steps are carried out here, in folders instead of layers, as far as they do not need Docker.
"""

import json
import os
import re
import shlex
import subprocess
import sys
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy.engine import make_url

HOUSE = Path(__file__).parents[2]
PACKAGES = ["bot", "intents", "faq", "escalation", "storage"]


@dataclass(frozen=True, slots=True)
class Step:
    word: str
    rest: str


def dockerfile() -> list[Step]:
    text = re.sub(r"\\\n\s*", " ", (HOUSE / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [Step(*line.split(maxsplit=1)) for line in lines]


def rest_of(word: str) -> list[str]:
    return [step.rest for step in dockerfile() if step.word == word]


def compose() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load((HOUSE / "compose.yaml").read_text(encoding="utf-8"))
    return parsed


def test_the_image_is_installed_as_scripts_run_installs() -> None:
    install = "./scripts/install runtime"
    assert install in (HOUSE / "scripts/run").read_text().splitlines()
    assert install in rest_of("RUN")
    assert not [line for line in rest_of("RUN") if "pip" in shlex.split(line)]


def test_the_image_starts_as_scripts_run_starts() -> None:
    (command,) = rest_of("CMD")
    assert json.loads(command) == ["firstline", "run"]
    assert "exec .venv/bin/firstline run" in (HOUSE / "scripts/run").read_text()


def test_what_is_copied_exists_and_is_let_through() -> None:
    let_through = (HOUSE / ".dockerignore").read_text().splitlines()
    copied = [source for line in rest_of("COPY") if not line.startswith("--from") for source in line.split()[:-1]]
    assert copied
    for source in copied:
        assert (HOUSE / source).exists(), source
        assert f"!{source}" in let_through


def test_every_package_is_in_the_image_and_compiled() -> None:
    for package in PACKAGES:
        assert f"{package} {package}" in rest_of("COPY")
    assert f".venv/bin/python -m compileall -q .venv {' '.join(PACKAGES)}" in rest_of("RUN")


def test_the_image_holds_what_the_installation_reads() -> None:
    """The layers in which the image installs hold every file of ours that scripts/install speaks of."""
    steps = dockerfile()
    installs = steps.index(Step("RUN", "./scripts/install runtime"))
    copied = {name for step in steps[:installs] if step.word == "COPY" for name in step.rest.split()[:-1]}
    script = (HOUSE / "scripts/install").read_text()
    read = {name for name in ("pyproject.toml", "requirements.lock", "README.md") if name in script}
    assert copied == read | {"scripts/install"}


def test_the_image_is_built_in_two_stages_from_the_python_we_promise() -> None:
    assert rest_of("FROM") == ["python:3.11-slim AS build", "python:3.11-slim"]


def test_the_process_is_not_root() -> None:
    steps = dockerfile()
    user = steps.index(Step("USER", "firstline"))
    start = next(index for index, step in enumerate(steps) if step.word == "CMD")
    assert user < start
    assert not [step for step in steps[user:] if step.word in ("RUN", "COPY", "USER") and step != steps[user]]
    assert any(line.startswith("useradd ") and line.endswith(" firstline") for line in rest_of("RUN"))


def test_what_it_writes_goes_to_a_volume() -> None:
    assert rest_of("WORKDIR")[-1] == "/data"
    assert rest_of("VOLUME") == ["/data"]


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_the_health_check_asks_whether_the_desk_is_ready(status: int, healthy: bool) -> None:
    asked: list[str] = []

    class Desk(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    (check,) = rest_of("HEALTHCHECK")
    _, *arguments = json.loads(check.partition("CMD ")[2])
    with HTTPServer(("127.0.0.1", 0), Desk) as desk:
        threading.Thread(target=desk.serve_forever, daemon=True).start()
        environment = os.environ | {"FIRSTLINE_PORT": str(desk.server_port)}
        done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True)
        desk.shutdown()
    assert asked == ["/readyz"]
    assert (done.returncode == 0) is healthy


def test_compose_gives_the_desk_its_own_postgres() -> None:
    services = compose()["services"]
    desk, postgres = services["firstline"], services["postgres"]
    url = make_url(re.sub(r"\$\{[^}]*\}", "secret", desk["environment"]["DATABASE_URL"]))
    assert url.drivername == "postgresql+asyncpg"
    assert url.host == "postgres"
    assert (url.username, url.database) == (
        postgres["environment"]["POSTGRES_USER"],
        postgres["environment"]["POSTGRES_DB"],
    )
    assert postgres["image"] == "postgres:17"
    assert "pg_isready" in postgres["healthcheck"]["test"][1]
    assert desk["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_compose_shows_the_desk_to_this_machine_only_and_keeps_no_password() -> None:
    services = compose()["services"]
    (port,) = services["firstline"]["ports"]
    assert port == f"127.0.0.1:8080:{rest_of('EXPOSE')[0]}"
    assert "ports" not in services["postgres"]
    assert services["postgres"]["environment"]["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")


def test_compose_keeps_what_must_last_in_volumes() -> None:
    described = compose()
    kept = {mount.partition(":")[0] for service in described["services"].values() for mount in service["volumes"]}
    assert kept == set(described["volumes"])
