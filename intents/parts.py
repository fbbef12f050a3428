"""A message that says several things, taken apart: "printer jams again and what about ticket 12?"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from intents.catalogue import Intent
from intents.reading import NO_SERVICE, Reading

MOST_PIECES = 8
_SENTENCE_ENDS = re.compile(
    r"(?<=[!?。！？;；\n])(?=.)"
    r"|(?<=[\w)]\.)(?<!incl\.)(?<!etc\.)(?<!approx\.)(?<!e\.g\.)(?<!i\.e\.)(?<!\bmr\.)(?<!\bmrs\.)(?<!\bdr\.)"
    r"(?<!\bno\.)(?<!\bnr\.)(?=\s+\S)"
    r"|[,，]?\s+(?=(?:and )?(?:(?:i|we|could you|can you|please) )?(?:also|plus|by the way|btw|another thing)[ ,])"
    r"|[,，]\s*(?=(?:but|however) |不过|可是|但)"
    r"|[,，]?\s+(?=and (?:what|whats|how|when|any news|is|can|could|please|i also|i need|we need)\b)"
    r"|[,，.+&]*\s+(?=(?:oh )?(?:and |but )?(?:(?:also )?(?:while|since) (?:i'?m|im|we'?re|you'?re|i am|we are|you are)"
    r"(?: already)? (?:at it|here|talking|on it|there)|(?:on|in) (?:an)?other (?:note|news|topic)|"
    r"besides|apart from that|second(?:ly)? thing|one more thing|oh and|additionally|furthermore)\b)"
    r"|\s+(?=\+ )|[,，]?\s*(?=另外|还有|顺便|顺带|对了|再就是|再有|以及|外加|再一个|再者|"
    r"此外|哦对|還有|順便|另一个事|还想问|还想说)",
    re.IGNORECASE,
)
_CLAUSE_ENDS = re.compile(r"(?<=[,，、])|\s+(?=and (?!then|now|it|that|so)\w)|\s+(?=& )|\s+(?=too[,. ])", re.IGNORECASE)
_LEANS_ON_THE_LAST = re.compile(
    r"\s*(?:(?:and |but |so )?(?:it|its|it's|they|this|that|then|so|because|since|therefore|which|when|if|after|"
    r"even|same)\b|所以|因为|导致|但|可是|不过|而且它|它|这|那|结果|然后|就|都|说是|提示|显示|报)",
    re.IGNORECASE,
)
_TASKS = frozenset({Intent.FAULT, Intent.REQUEST, Intent.QUESTION})
_SOCIAL = frozenset({Intent.GREETING, Intent.THANKS})
_FIRM, _VERY_FIRM = 0.6, 0.75
_NAMED = 0.4  # a lexicon score: even a general word, "internet", names a thing if it is the likely one
_LIKELY = 0.5
_ITS_OWN, _SURELY = 1.0, 0.9
_SAID = 2.0  # a plain cue
_ALSO = re.compile(
    r"[\s+]*(?:oh )?(?:and )?(?:(?:i|we|could you|can you|please) )?(?:also|plus|another thing|by the way|btw|besides|"
    r"one more|oh and|while|since (?:i|we|you)|(?:on|in) (?:an)?other|additionally|furthermore|apart from)\b|\+ |"
    r"另外|还有|顺便|顺带|对了|再就是|再有|再一个|再者|此外|哦对|還有|順便|另一个事|还想",
    re.IGNORECASE,
)
_ADDS = re.compile(r"\band (?:my|the|our)\b|\b(?:too|also|as well)\b|也|还有|另", re.IGNORECASE)
_LINK = re.compile(
    r"^(?:(?:oh|and|but|also|plus)[\s,.…]+)+|^(?:另外|还有|顺便|对了|不过|但是?)[,，.。…\s]*", re.IGNORECASE
)
_TOO = re.compile(r"\b(?:too|as well|either)\W*$|也(?:是|一样|不行|这样|不好使|挂了|坏了)?[了啊呢]?\W*$", re.IGNORECASE)
_ONE_FAULT_OF_SEVERAL = re.compile(
    r"^(?P<names>.{3,60}?)(?:(?:\s+(?:are|is|were|have|do|just|suddenly))*\s+(?:both|all)\b|[，,]?\s*(?:两个|俩|全部|全)?都)"
    r"\s*(?P<fault>\S.*)$"
    r"|^both\s+(?P<these>.{3,60}?)\s+(?:are|is|were|have|keep)\s+(?P<wrong>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_BETWEEN_NAMES = re.compile(r"\s*(?:[,，、&+/]|\b(?:and|n)\b|[和跟与同]|以及|还有)+\s*", re.IGNORECASE)
_PARTICULAR = 0.5
_WORDS = re.compile("[a-z0-9]+|[\u3400-\u9fff]", re.IGNORECASE)
_END = re.compile(r"[.!?。！？;；]$")
_A_LIST = 3  # clauses from which on they are a list
_SHORTEST = 2  # words (or Han characters) of a piece; fewer belong to what follows


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a message with what it says by itself."""

    text: str
    reading: Reading

    @property
    def intent(self) -> Intent:
        """What it is most likely for."""
        return next(iter(self.reading.intents))

    @property
    def service(self) -> str:
        """What it is most likely about, or nothing."""
        return next(iter(self.reading.services))

    @property
    def sure(self) -> float:
        """The probability of its intent."""
        return self.reading.intents[self.intent]


def pieces(text: str, read: Callable[[str], Reading]) -> tuple[Piece, ...]:
    """The parts of a message that each want something of their own, in their order; one if it all belongs together.

    Greetings and thanks beside something to be done are left out. ``read`` reads one stretch of text.
    """
    sentences = [Piece(each, read(each)) for each in _split(text, _SENTENCE_ENDS)]
    found: list[Piece] = []
    for sentence in sentences:
        found += _clauses(sentence, read)
    wanted = [piece for piece in found if not _polite(piece)]
    if not wanted or len(found) == 1:
        return (Piece(text, read(text)),)
    groups: list[list[Piece]] = []
    for piece in wanted:
        if groups and not _own(piece, groups[-1]):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    groups = _without_false_starts(groups)
    if len(groups) == 1:
        kept = groups[0] if len(wanted) < len(found) else found
        whole = text if len(kept) == len(found) else _joined(kept)
        return (Piece(whole, read(whole)),)
    return tuple(Piece(whole, read(whole)) for whole in map(_joined, groups))


def clauses(text: str) -> list[str]:
    """Every clause, whether or not it wants something of its own."""
    return [clause for sentence in _split(text, _SENTENCE_ENDS) for clause in _split(sentence, _CLAUSE_ENDS)]


def _split(text: str, ends: re.Pattern[str]) -> list[str]:
    parts = [part.strip(" ,，、") for part in ends.split(text)]
    kept: list[str] = []
    for part in filter(_WORDS.search, parts):
        if kept and len(_WORDS.findall(kept[-1])) < _SHORTEST and not _END.search(kept[-1]):
            kept[-1] = f"{kept[-1]} {part}"
        else:
            kept.append(part)
    if len(kept) > MOST_PIECES:
        kept = [*kept[: MOST_PIECES - 1], " ".join(kept[MOST_PIECES - 1 :])]
    return kept


def _clauses(sentence: Piece, read: Callable[[str], Reading]) -> Iterator[Piece]:
    """The sentence in two where both halves name a thing of their own and say what is wrong or wanted of it."""
    if shared := _sharing_a_fault(sentence, read):
        yield from shared
        return
    ends = [found.start() for found in _CLAUSE_ENDS.finditer(sentence.text)][:MOST_PIECES]
    for end in ends if len(sentence.reading.evidence.scores) > 1 else ():
        head, tail = sentence.text[:end].strip(" ,，、"), sentence.text[end:].strip(" ,，、")
        if not head or not tail or _LEANS_ON_THE_LAST.match(tail):
            continue
        first, second = Piece(head, read(head)), Piece(tail, read(tail))
        added = _ADDS.search(tail) or all(map(_surely_wrong, (first, second)))
        if added and all(map(_plainly_named, (first, second))) and _own(second, [first]):
            yield first
            yield from _clauses(second, read)
            return
    listed = _listed(sentence, read)
    yield from listed or (sentence,)


def _sharing_a_fault(sentence: Piece, read: Callable[[str], Reading]) -> tuple[Piece, ...]:
    """Each thing with the fault they share: "VPN and printer are both dead"; nothing where it is no such sentence.

    Of "my laptop and my phone both lose the Wi-Fi" no half is about the thing it names: that is one trouble.
    """
    said = _ONE_FAULT_OF_SEVERAL.match(sentence.text)
    if said is None:
        return ()
    names = [each for each in _BETWEEN_NAMES.split(said["names"] or said["these"]) if each]
    fault = said["fault"] or said["wrong"]
    parts = [f"{name} {fault}" if fault[0].isascii() else f"{name}{fault}" for name in names]
    found = tuple(Piece(each, read(each)) for each in parts)
    named = (read(name).evidence.scores.get(each.service, 0.0) for name, each in zip(names, found, strict=True))
    own = all(score >= _ITS_OWN for score in named) and all(each.intent is Intent.FAULT for each in found)
    return found if own and len(found) > 1 and len(_about(found)) == len(found) else ()


def _listed(sentence: Piece, read: Callable[[str], Reading]) -> tuple[Piece, ...]:
    """The sentence as a list of three things or more, each with a service of its own: nobody tells one story like that.

    Nothing where it is none: of two, the second ("need a cable") may be the remedy of the first.
    """
    said = _split(sentence.text, _CLAUSE_ENDS)
    if len(said) < _A_LIST or len(sentence.reading.evidence.scores) < _A_LIST:
        return ()
    found = tuple(Piece(each, read(each)) for each in said)
    own = all(_plainly_named(each) and not _LEANS_ON_THE_LAST.match(each.text) for each in found)
    return found if own and len(_about(found)) == len(found) else ()


def _polite(piece: Piece) -> bool:
    # "Thanks in advance" beside a fault is no news; "the printer works again" is.
    return piece.intent in _SOCIAL and piece.sure >= _FIRM


def _stands_alone(piece: Piece) -> bool:
    """Whether it says what it wants and what of, without its neighbours."""
    cues = piece.reading.evidence.rules.cues
    if piece.intent is Intent.STATUS:
        return piece.sure >= _FIRM and (cues.get("status", 0.0) >= _SAID or piece.reading.evidence.tickets)
    if piece.intent not in _TASKS or piece.sure < _FIRM or piece.service == NO_SERVICE:
        return False
    named = piece.reading.evidence.scores.get(piece.service, 0.0) >= _NAMED
    likely = piece.reading.services[piece.service] >= _LIKELY
    said = max(cues.get(kind, 0.0) for kind in ("fault", "request", "question")) >= _SAID
    return named and likely and (said or piece.sure >= _VERY_FIRM)


def _plainly_named(piece: Piece) -> bool:
    """Whether half a sentence is surely about a thing it names by a word of that thing's own."""
    named = piece.reading.evidence.scores.get(piece.service, 0.0) >= _PARTICULAR
    return _stands_alone(piece) and named


def _surely_wrong(piece: Piece) -> bool:
    """Whether half a sentence surely tells of a fault of the thing it names, so that no "too" is needed."""
    named = piece.reading.evidence.scores.get(piece.service, 0.0) >= _ITS_OWN
    return named and piece.intent is Intent.FAULT and min(piece.sure, piece.reading.services[piece.service]) >= _SURELY


def _own(piece: Piece, before: Sequence[Piece]) -> bool:
    """Whether a piece is about something else than those before it."""
    if not _stands_alone(piece) and not _shares_the_fault(piece, before):
        return False
    if piece.intent is not Intent.STATUS and _LEANS_ON_THE_LAST.match(piece.text):
        return False
    if piece.intent is Intent.STATUS:
        return any(each.intent in _TASKS for each in before)
    if all(each.intent is Intent.STATUS for each in before):
        return True
    if _ALSO.match(piece.text) and any(each.intent in _TASKS for each in before):
        return piece.intent not in {each.intent for each in before} or not _about(before) & {piece.service}
    return bool(_about(before)) and piece.service not in _about(before)


def _shares_the_fault(piece: Piece, before: Sequence[Piece]) -> bool:
    """Whether it only names another thing that has the fault of the one before: "oh and the VPN, too"."""
    added = _ALSO.match(piece.text) and _TOO.search(piece.text) and piece.intent in _TASKS
    named = piece.reading.evidence.scores.get(piece.service, 0.0) >= _ITS_OWN
    likely = piece.service != NO_SERVICE and piece.reading.services[piece.service] >= _LIKELY
    return bool(added and named and likely) and any(each.intent is Intent.FAULT for each in before)


def _about(group: Sequence[Piece]) -> set[str]:
    return {piece.service for piece in group if piece.service != NO_SERVICE}


def _without_false_starts(groups: list[list[Piece]]) -> list[list[Piece]]:
    """Groups of which each wants something; one that does not ("I am in a hurry") belongs to its neighbour."""
    kept: list[list[Piece]] = []
    for group in groups:
        if kept and not any(_stands_alone(piece) for piece in kept[-1]):
            kept[-1] += group
        else:
            kept.append(list(group))
    return kept


def _joined(group: Sequence[Piece]) -> str:
    return _LINK.sub("", "\n".join(piece.text for piece in group))
