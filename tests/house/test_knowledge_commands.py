"""`firstline faq …` and `firstline route …`, as somebody types them."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from bot.cli import main


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


def test_a_row_that_lacks_something_is_named(tmp_path: Path) -> None:
    """No traceback for a wrong file."""
    kb = written(tmp_path / "kb.jsonl", {"faq_id": "vpn", "questions": ["vpn"]})
    wrong = written(tmp_path / "queries.jsonl", {"text": "vpn"})
    done = firstline(tmp_path, "faq", "eval", "--kb", kb, "--queries", wrong, "--out", str(tmp_path / "out"))
    assert (done.exit_code, "row 1 has no 'qid'" in done.output) == (1, True)


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
    assert (refused.exit_code, "too little to learn from" in refused.output) == (1, True)


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
