"""`firstline faq …` and `firstline route …`, as somebody types them."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from storage import articles
from storage.database import Database


def firstline(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(main, words, env={"DATABASE_URL": f"sqlite:///{folder / 'desk.db'}"})


def written(path: Path, *rows: object) -> str:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def read(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_articles_are_measured_with_the_products_engine(tmp_path: Path) -> None:
    """Prediction rows as evaluate.py reads them, with and without labels to calibrate by."""
    kb = written(
        tmp_path / "kb.jsonl",
        {"faq_id": "vpn", "title": "VPN drops", "questions": ["vpn keeps disconnecting"]},
        {"faq_id": "jam", "questions": ["打印机卡纸"]},
    )
    queries = written(tmp_path / "queries.jsonl", {"qid": "a", "text": "vpn drops"}, {"qid": "b", "text": "?"})
    labels = written(tmp_path / "labels.jsonl", *({"text": "vpn drops", "gold": None} for _ in range(40)))
    plain, fitted = tmp_path / "plain.jsonl", tmp_path / "fitted.jsonl"
    done = firstline(tmp_path, "faq", "eval", "--kb", kb, "--queries", queries, "--out", str(plain))
    assert done.exit_code == 0, done.output
    first, second = read(plain)
    assert (first["qid"], first["action"], second) == ("a", "answer", {"qid": "b", "ranked": [], "action": "ticket"})
    words = ("faq", "eval", "--kb", kb, "--queries", queries, "--out", str(fitted), "--fit", labels)
    assert firstline(tmp_path, *words).exit_code == 0
    (_, before), (_, after) = first["ranked"][0], read(fitted)[0]["ranked"][0]  # type: ignore[index]
    assert after < before


KB = '{"faq_id": "vpn", "questions": ["vpn"]}\n'
ASKED = '{"qid": 1, "text": "vpn"}\n'


@pytest.mark.parametrize(
    ("kb", "queries", "labels", "said"),
    [
        (KB + "\n{nonsense\n", ASKED, None, "kb.jsonl:3: this is not JSON"),
        (KB, '\n{"text": "vpn"}', None, "queries.jsonl:2: the row has no 'qid'"),
        (KB, '{"qid": 1, "text": null}', None, "queries.jsonl:1: 'text' is null, a text is meant"),
        (KB, ASKED, '{"text": "vpn"}', "labels.jsonl:1: the row has no 'gold'"),
        (KB + KB, ASKED, None, "kb.jsonl:2: 'faq_id' 'vpn' stands in line 1 already"),
        ('{"faq_id": "vpn", "questions": "vpn"}', ASKED, None, "kb.jsonl:1: 'questions' is no list of texts"),
        ('{"questions": ["vpn"]}', ASKED, None, "kb.jsonl:1: the row has no 'faq_id'"),
        (
            '{"faq_id": "vpn", "questions": [" "]}',
            ASKED,
            None,
            "kb.jsonl:1: the article has neither a title nor",
        ),
        ("\n", ASKED, None, "kb.jsonl:1: there are no articles in this file"),
        ('{"a":' * 100_000, ASKED, None, "kb.jsonl:1: this is nested too deeply"),
        (KB, '{"qid": 1, "text": "vpn"}\n\udcff', None, "queries.jsonl:2: this is no UTF-8 text"),
    ],
)
def test_what_cannot_be_measured_is_named_by_file_and_line(
    tmp_path: Path, kb: str, queries: str, labels: str | None, said: str
) -> None:
    """One sentence, no traceback, and the exit code of a wrong command line."""
    words = ["faq", "eval", "--out", str(tmp_path / "out.jsonl")]
    for option, name, text in (("--kb", "kb", kb), ("--queries", "queries", queries), ("--fit", "labels", labels)):
        if text is not None:
            (tmp_path / f"{name}.jsonl").write_bytes(text.encode("utf-8", "surrogateescape"))
            words += [option, str(tmp_path / f"{name}.jsonl")]
    done = firstline(tmp_path, *words)
    assert (done.exit_code, said in done.stderr, "Traceback" in done.output) == (2, True, False), done.output
    assert not (tmp_path / "out.jsonl").exists()


def test_where_nothing_can_be_written_it_is_said(tmp_path: Path) -> None:
    """A wrong --out is a wrong command line, too."""
    kb, queries = tmp_path / "kb.jsonl", tmp_path / "queries.jsonl"
    kb.write_text(KB, encoding="utf-8")
    queries.write_text(ASKED, encoding="utf-8")
    out = str(tmp_path / "nowhere" / "out.jsonl")
    done = firstline(tmp_path, "faq", "eval", "--kb", str(kb), "--queries", str(queries), "--out", out)
    assert (done.exit_code, f"{out}: No such file" in done.stderr) == (2, True), done.output
    done = firstline(tmp_path, "faq", "export", str(kb / "folder"))
    assert (done.exit_code, "Not a directory" in done.stderr) == (2, True), done.output


def test_odd_but_valid_rows_are_measured(tmp_path: Path) -> None:
    """A mark at the file's beginning, separators inside a text, half a character, numbers for ids."""
    (tmp_path / "kb.jsonl").write_text("\ufeff" + KB + '{"faq_id": 7, "questions": ["a\u2028b"]}\r\n', encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text('{"qid": "\\ud800", "text": "vpn \\ud800"}\n', encoding="utf-8")
    kb, queries, out = (str(tmp_path / f"{name}.jsonl") for name in ("kb", "queries", "out"))
    done = firstline(tmp_path, "faq", "eval", "--kb", kb, "--queries", queries, "--out", out)
    assert done.exit_code == 0, done.output
    (row,) = read(tmp_path / "out.jsonl")
    assert (row["qid"], row["ranked"][0][0]) == ("\ud800", "vpn")  # type: ignore[index]


def test_few_or_one_sided_labels_are_said_to_teach_little(tmp_path: Path) -> None:
    """They are used with care, not refused."""
    (tmp_path / "kb.jsonl").write_text(KB, encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text(ASKED, encoding="utf-8")
    labels = written(tmp_path / "labels.jsonl", *({"text": "vpn", "gold": "vpn"} for _ in range(60)))
    kb, queries, out = (str(tmp_path / f"{name}.jsonl") for name in ("kb", "queries", "out"))
    done = firstline(tmp_path, "faq", "eval", "--kb", kb, "--queries", queries, "--out", out, "--fit", labels)
    assert (done.exit_code, "60 right and 0 wrong teach little" in done.stderr) == (0, True), done.output


def test_routing_is_measured_with_the_products_code(tmp_path: Path) -> None:
    """Every label with its probability; too few tickets are refused in a sentence."""
    tickets = [
        {"id": f"{label}{at}", "text": f"my {label} is broken again in room {at}", "label": label}
        for label in ("vpn", "printer")
        for at in range(30)
    ]
    train, test = written(tmp_path / "train.jsonl", *tickets), written(tmp_path / "test.jsonl", *tickets[::7])
    out = tmp_path / "out.jsonl"
    done = firstline(tmp_path, "route", "eval", "--train", train, "--test", test, "--out", str(out))
    assert done.exit_code == 0, done.output
    for row in read(out):
        ranked = row["ranked"]
        assert isinstance(ranked, list)
        assert str(row["id"]).startswith(ranked[0][0])
    few = written(tmp_path / "few.jsonl", *tickets[:3])
    refused = firstline(tmp_path, "route", "eval", "--train", few, "--test", test, "--out", str(out))
    assert (refused.exit_code, "too little to learn from" in refused.output) == (2, True)


def test_articles_leave_and_come_back(tmp_path: Path) -> None:
    """A desk's knowledge goes out as Markdown, is changed, comes in again, and goes out as JSON lines."""
    folder, file = tmp_path / "out", tmp_path / "kb.jsonl"
    assert "articles written" in firstline(tmp_path, "faq", "export", str(folder)).output
    page = folder / "en" / "vpn-drops.md"
    page.write_text(page.read_text(encoding="utf-8").replace("title: ", "title: Really, "), encoding="utf-8")
    assert firstline(tmp_path, "faq", "import", str(folder)).exit_code == 0
    again = firstline(tmp_path, "faq", "import", str(folder))
    assert again.output.startswith("0 of ")
    assert firstline(tmp_path, "faq", "export", str(file)).exit_code == 0
    titles = {(row["faq_id"], row["language"]): str(row["title"]) for row in read(file)}
    assert titles["vpn-drops", "en"].startswith("Really, ")
    assert "holds no articles" in firstline(tmp_path, "faq", "import", str(tmp_path)).output


def test_the_knowledge_is_checked_and_trouble_ends_with_one(tmp_path: Path) -> None:
    """What is shipped is in order; what is not is listed."""
    assert "All is well" in firstline(tmp_path, "faq", "check").output
    bad = written(tmp_path / "bad.jsonl", {"faq_id": "vpn", "title": "VPN", "answer": "See [it](gone.md)."})
    done = firstline(tmp_path, "faq", "check", bad)
    assert done.exit_code == 1
    assert "the link to gone.md is dead" in done.output


def test_ask_explains_itself(tmp_path: Path) -> None:
    """Channels, candidates, features and probability, in words and as JSON."""
    words = firstline(tmp_path, "ask", "my vpn drosp", "--explain").output
    assert "read as: my vpn drops" in words
    assert "contrast" in words
    found = json.loads(firstline(tmp_path, "ask", "my vpn drosp", "--explain", "--json").output)
    assert set(found["channels"]) == {"characters", "words", "pairs", "sounds", "meaning"}
    assert found["candidates"][0]["article"] == "vpn-drops"
    assert found["candidates"][0]["features"]["contrast"] > 0


def test_ask_finds_what_a_chat_finds_for_chinese_in_latin_letters(tmp_path: Path) -> None:
    """And explains how it was read."""
    found = json.loads(firstline(tmp_path, "ask", "youxiang manle", "--explain", "--json").output)
    assert (found["language"], found["verdict"]) == ("zh", "answer")
    assert (found["matches"][0]["article"], found["candidates"][0]["article"]) == ("mailbox-full", "mailbox-full")


def test_ask_knows_what_was_published_here_and_how_sure_presses_made_it(tmp_path: Path) -> None:
    """As the desk would answer; without a database it knows what is shipped, and makes none."""
    question = ("ask", "the coffee robot shows its red face", "--json")
    assert json.loads(firstline(tmp_path, *question).output)["verdict"] == "ask"
    assert not (tmp_path / "desk.db").exists()
    robot = {"faq_id": "robot", "title": "The coffee robot shows a red face", "answer": "Clean it."}
    assert firstline(tmp_path, "faq", "import", written(tmp_path / "own.jsonl", robot)).exit_code == 0
    found = json.loads(firstline(tmp_path, *question).output)
    assert (found["verdict"], found["matches"][0]["article"]) == ("answer", "robot")
    asyncio.run(press(f"sqlite:///{tmp_path / 'desk.db'}", helped=20, failed=60))
    doubted = json.loads(firstline(tmp_path, *question).output)
    assert doubted["matches"][0]["probability"] < found["matches"][0]["probability"]


async def press(url: str, helped: int, failed: int) -> None:
    """As if so many had pressed under an answer of which we were fairly sure."""
    now = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    database = await Database.open(url, clock=lambda: now)
    async with database.transaction() as tx:
        for event in ["fixed"] * helped + ["not_fixed"] * failed:
            await articles.feedback(tx, "robot", "en", "zhao.min", event, now, probability=0.9)
    await database.close()
