"""Write faq/data/pinyin.json: every common Chinese character under its most frequent sound, without tones.

The readings come from pypinyin (MIT licence). Needed only to renew the table, not to run Firstline,
so that a process does not carry pypinyin's 55 MiB.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

from pypinyin import Style, lazy_pinyin

TABLE = Path(__file__).parents[1] / "faq" / "data" / "pinyin.json"


def main() -> None:
    """Rewrite the table."""
    table: dict[str, list[str]] = defaultdict(list)
    for code in range(0x4E00, 0xA000):
        reading = lazy_pinyin(chr(code), style=Style.NORMAL, errors="ignore")
        if reading:
            table[reading[0].replace("ü", "v")].append(chr(code))
    lines = (f'"{syllable}": {json.dumps("".join(table[syllable]), ensure_ascii=False)}' for syllable in sorted(table))
    TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
