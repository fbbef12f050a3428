"""Which times in a message are no beginning of a trouble: when all was well, what is to come, a thing of that day."""

from __future__ import annotations

import re

_WELL = r"(?:worked|ran|was (?:still )?(?:fine|ok|okay|good|working))"
_WAS_WELL_THEN = re.compile(
    r"(?:的时候|上班时?)?(?:都|也)?还(?!是|没|不|在|报|说|要|得|打不|连不|用不|上不)"
    rf"|,? (?:it|that|this|they|everything|all) (?:still )?{_WELL}\b"
)
_WELL_UNTIL_THEN = re.compile(rf"\b{_WELL}(?: (?:fine|ok|okay|well|perfectly|all day))?,? $")
_STILL_TO_COME = re.compile(
    r"(?:\b(?:need|needs|want|wants|borrow|loan|rent|extend|prolong|activate|cover\w*|starts|starting|joins|comes|coming|"
    r"due|leaving|ends|book|reserve)\b[^.,!?\n]{0,40}|借|申请|需要|要)$"
)
_GRATEFUL_FOR = re.compile(
    r"(?:\b(?:thanks?|thank you|thx|cheers|grateful|appreciate)\b[^.,!?;\n]{0,40}|[谢感多]谢[^，。！？；,.!?\n]{0,8})$"
)
_GRATITUDE = re.compile(
    r"(?:的(?:事|帮忙|帮助|支持)|真的?|真是|太|非常|特别|很|可|也|麻烦|你们?|您)*(?:[谢感多]谢|谢了|辛苦)"
)
_DATED = re.compile(
    r"(?:\b(?:version|copy|files?|e?mails?|invoices?|reports?|messages?|documents?|backups?|minutes|vacation|holiday|leave|"
    r"away|off|moved?|upgraded?|updated?|restore it|roll(?:ed)? back) )$"
)
_THING = (
    r"(?:version|cop(?:y|ies)|backups?|snapshots?|state|files?|folders?|e?mails?|invoices?|reports?|messages?|documents?|"
    r"minutes|data|figures|numbers|recordings?|exports?|spreadsheets?|presentations?)"
)
_RESTORES = r"(?:restor\w*|recover\w*|bring back|get back|roll(?:ed)? back|revert\w*|reset|go back)"
_WANTED = re.compile(
    rf"\b(?:{_RESTORES}|send|resend|find|open|see|read|need|want|get|have|missing|lost|where (?:is|are))\b"
    r"[^.,!?;\n]{0,30} $"
)
_THING_OF_IT = re.compile(
    rf" (?:\w+ )?{_THING}\b(?! (?:is|are|was|were|has|have|did|does|do|fail|failed|can|could|stop))"
)
_BACK_TO = re.compile(
    rf"\b(?:{_THING} (?:of|from|as of)|{_RESTORES}\b[^.,!?;\n]{{0,40}} (?:to|as of|of|from)) (?:the )?$|"
    r"(?:恢复|还原|回滚|退回|回退)[一-龥a-z]{0,8}?[到成至]?$|找回$"
)
_AWAY = re.compile(r"\b(?:away|off|out|ill|sick|absent|on (?:vacation|holiday|leave)|travelling|traveling) (?:for )?$")
_IS_AWAY = re.compile(r",? (?:i|we) (?:was|were|have been|am|are) (?:away|off|out|ill|sick|on )")
_PLANNED = re.compile(r",? (?:i|we) (?:have (?:a|an|my|our|to)|need|must|will|am giving|are giving)\b")
_THING_OF_THAT_DAY = re.compile(r"的(?!时候|事|样子|$|[，。！？,.!? ])")
_STARTS_THEN = re.compile(
    r"[ ，,]*(?:需要|要(?![求么输])|休[假息]|请假|放假|入职|出差|离职|生效|转岗|新(?:同事|员工|人|来)|到岗|实习|报到)"
)


def is_no_beginning(words: str, found: re.Match[str]) -> bool:
    """Whether a time found in normalised words tells something else than since when it is wrong.

    When it still went well, when something will be, what somebody is grateful for, which day's mail is meant, or
    which day's backup is wanted.
    """
    said, before, end = found.group(), words[max(0, found.start() - 60) : found.start()], found.end()
    if before.endswith(("下", "下个", "明", "后")) or _STARTS_THEN.match(words, end):
        return True
    if said.startswith("since ") or said.endswith(("开始", "起")):
        return False
    ahead = said.startswith(("for ", "from ", "on "))
    return bool(
        _WAS_WELL_THEN.match(words, end)
        or _WELL_UNTIL_THEN.search(before)
        or (ahead and _STILL_TO_COME.search(before))
        or (said.startswith(("from ", "on ")) and _DATED.search(before))
        or (_WANTED.search(before) and _THING_OF_IT.match(words, end))
        or _BACK_TO.search(before)
        or _AWAY.search(before)
        or _IS_AWAY.match(words, end)
        or (said.startswith(("this ", "today ")) and _PLANNED.match(words, end))
        or _THING_OF_THAT_DAY.match(words, end)
        or _GRATEFUL_FOR.search(before)
        or _GRATITUDE.match(words, end)
    )
