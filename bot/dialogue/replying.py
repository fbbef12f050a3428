"""Words in answer to what stands on the table: the button they name or mean, or a word to whoever is lost. Pure."""

from __future__ import annotations

from dataclasses import replace

from rapidfuzz import fuzz

from bot.cards import answers
from bot.dialogue import table
from bot.dialogue.effects import AskAgain, FormAgain, HowFar, PassOn
from bot.dialogue.opening import over
from bot.dialogue.talk import SURELY_ANOTHER, Mode, Talk
from bot.dialogue.turns import Turn, is_number, joined, note
from bot.dialogue.world import World
from bot.messages import Button, Card, Text
from faq.match import match
from intents.catalogue import Intent
from intents.classify import Understanding
from intents.flows import BROKEN, FIXED, SKIP
from intents.manner import affirms, begins_with_no, denies
from intents.normalise import normalise, tokens
from intents.pinyin import in_chinese
from intents.responses import Response, hinted, named, nth, response
from intents.ways import names_ticket

SAME_LABEL = 88  # rapidfuzz ratio from which typed words count as the button's label
COUNTER_QUESTION = 4  # words (Chinese: twice as many characters) up to which a question is one about our own

Press = tuple[str, ...]
"""What follows the turn in a button's action: ("step", "broken")."""

_WAYS: dict[Response, tuple[Press, ...]] = {
    Response.TICKET: (("open",), ("anyway",), ("human",)),
    Response.HELPED: (("step", FIXED), ("fixed",)),
    Response.YES: (("step", FIXED), ("follow",), ("join",)),
    Response.NO: (("step", BROKEN), ("next",), ("about", "other"), ("different",), ("new",), ("guide",), ("anyway",)),
    Response.SKIPPED: (("step", SKIP), ("about", "other")),
}
_WAYS[Response.NONE] = (
    ("step", SKIP),
    ("about", "other"),
    ("different",),
    ("new",),
    ("guide",),
    ("anyway",),
    ("open",),
)
_WAYS[Response.FAILED] = (("broken",), ("step", BROKEN), ("step", SKIP), ("next",), ("guide",))
_ONE_OF = ("step", "broken", "pick", "about", "to")  # what a person chooses among
_USUAL = (("step", FIXED), ("step", BROKEN), ("step", SKIP))


def answered(talk: Talk, words: str, meant: Understanding, world: World) -> Press | Turn | None:
    """The button of the question on the table that these words press, or what is said to them; None when they are
    no answer to it.
    """
    said = response(words) or (Response.HELPED if meant.works else None)
    if meant.intent is Intent.EMERGENCY:
        return None
    if said is Response.WHO:
        return who_we_are(talk, world)
    if talk.mode is Mode.IDLE:
        return None
    if talk.mode is Mode.PROBING:
        return Turn(talk, (answers.note("probes.wait", world.reader),)) if said else None
    if talk.mode is Mode.FORM and said is Response.HELPED:
        return Turn(over(talk, world, solved=True), (Text(world.reader.tell("fixed")),))
    if talk.mode is Mode.FORM:
        more = said is Response.FAILED and not talk.evidence  # "nothing works": of nothing that we had them try
        return form_waits(talk, world, "said.form_waits") if said and not more else None
    card = table.on(talk)
    if card is None:
        return None
    return _to_card(card, said, talk, words, meant, world)


def _to_card(
    card: Card, said: Response | None, talk: Talk, words: str, meant: Understanding, world: World
) -> Press | Turn | None:
    buttons = [button for button in card.buttons if button.action.startswith("d:")]
    picked = _picked(buttons, words, meant)
    if picked is not None:
        return picked
    if said is Response.HELPED and talk.mode is Mode.CHOOSING:  # news for the ticket that is yet to be named
        return _told(buttons, said, replace(talk, pending=joined(talk.pending, words)), world)
    if said is not None:
        return _meant(buttons, said, talk) or _told(buttons, said, talk, world)
    emergency = next((press[1] for press in map(_press, buttons) if press[0] == "join"), "")
    if is_number(emergency) and meant.intent is Intent.STATUS and not (meant.entities.tickets or names_ticket(words)):
        return Turn(talk, (HowFar(int(emergency)),))
    if is_number(emergency) and not _for_us(meant):
        return Turn(talk, (PassOn(int(emergency), words),))
    if talk.mode is Mode.GUIDING and (told := _tells_of(buttons, words, talk, meant)) is not None:
        return told
    tried = talk.mode is Mode.GUIDING or talk.shown or any(_press(button) == ("guide",) for button in buttons)
    if tried and _asks_back(talk, words, meant, world):
        return _told(buttons, Response.LOST, talk, world)
    return None


def _for_us(meant: Understanding) -> bool:
    """Whether words beside somebody's emergency are a matter of their own, and not more for those who are on it."""
    if meant.intent in (Intent.REQUEST, Intent.QUESTION):
        return meant.service is not None and meant.certainty >= SURELY_ANOTHER
    return meant.intent in (Intent.STATUS, Intent.HELP) or (meant.intent is Intent.FAULT and meant.service is not None)


def who_we_are(talk: Talk, world: World) -> Turn:
    """Honestly: a program, with people behind it. What was asked stays as it is."""
    reader = world.reader
    human = reader.button("human", "m:new" if talk.mode is Mode.IDLE else f"d:{talk.turn}:human")
    return Turn(talk, (answers.choices(reader.tell("who.title"), reader.tell("who.body"), (human,)),))


def _press(button: Button) -> Press:
    return tuple(button.action.split(":")[2:])


def _picked(buttons: list[Button], words: str, meant: Understanding) -> Press | None:
    """The button these words name: by its label, by its ticket's number, by its place, by a part of its label."""
    tickets = {("to", str(number)) for number in meant.entities.tickets}
    for button in buttons:
        if same(words, button.label) or _press(button) in tickets:
            return _press(button)
    choices = [each for each in buttons if _press(each)[0] in _ONE_OF and _press(each) != ("step", SKIP)]
    at = nth(words, len(choices))
    if at is None and meant.intent not in (Intent.HUMAN, Intent.CANCEL, Intent.COMPLAINT):
        choices = [each for each in choices if _press(each) not in _USUAL]
        at = named(words, [button.label for button in choices])
    return _press(choices[at]) if at is not None else None


def _tells_of(buttons: list[Button], words: str, talk: Talk, meant: Understanding) -> Press | None:
    """The choice that shares a word only it has, where the words do not seem to be about this service: asked whether
    they have clicked or typed anything, "I entered my password" is no trouble with passwords.
    """
    if meant.service == talk.service and not affirms(words):
        return None
    among = [each for each in buttons if _press(each)[0] == "step" and _press(each) not in _USUAL]
    at = hinted(words, [button.label for button in among])
    return _press(among[at]) if at is not None else None


def same(words: str, label: str) -> bool:
    """Whether these words are that label, give or take a typing mistake."""
    return fuzz.ratio(words.casefold().strip(" .!。！"), label.casefold()) >= SAME_LABEL


def _meant(buttons: list[Button], said: Response, talk: Talk) -> Press | None:
    """The button that says the same."""
    presses = [_press(button) for button in buttons]
    if said is Response.YES:
        if talk.shown and talk.reminded:  # "did this help?"
            return ("fixed",)
        one = [press for press in presses if press[0] in ("pick", "to")]
        if len(one) == 1:
            return one[0]
    if said in (Response.YES, Response.NO) and (chosen := _of_two(buttons, said)):
        return chosen
    for way in _WAYS.get(said, ()):
        found = next((press for press in presses if press[: len(way)] == way), None)
        if found is not None:
            return found
        if way == ("next",) and talk.shown:  # the last answer has no such button, and is no good all the same
            return way
    suggested = any(press[0] == "pick" for press in presses)
    if suggested and said in (Response.NO, Response.FAILED):
        return ("open",)
    return ("fixed",) if said is Response.HELPED else None


def _of_two(buttons: list[Button], said: Response) -> Press | None:
    """What "yes" or "no" picks where there are two choices and one of them denies what is asked; of more, what "no"
    picks where one begins with it: *No light at all*."""
    among = [each for each in buttons if _press(each)[0] == "step" and _press(each) not in _USUAL]
    denying = [each for each in among if denies(each.label)]
    if len(denying) != 1:
        return None
    (denied,) = denying
    if len(among) != 2 and not (said is Response.NO and begins_with_no(denied.label)):
        return None
    if len(among) != 2:
        return _press(denied)
    return next(_press(each) for each in among if (each is denied) == (said is Response.NO))


def _told(buttons: list[Button], said: Response, talk: Talk, world: World) -> Turn:
    """Nothing is decided by it: time to try, or the question once more with a word of help."""
    reader, presses = world.reader, [_press(button) for button in buttons]
    tries = bool(talk.shown) or ("step", FIXED) in presses
    if tries and said is Response.TRYING:
        return note(talk, world, "said.take_your_time")
    if tries and said is Response.DONE:
        return Turn(talk, (AskAgain(reader.tell("ask.and_now")),))
    if all(press[0] == "human" for press in presses):  # there was nothing to choose from
        social = said in (Response.TRYING, Response.YES, Response.DONE)
        return (
            note(talk, world, "said.all_right") if social else Turn(talk, (AskAgain(reader.tell("unsure.again_body")),))
        )
    kind = "step" if talk.mode is Mode.GUIDING else "answer" if talk.shown else "choose"
    kind = "checked" if ("guide",) in presses else kind
    return Turn(talk, (AskAgain(reader.tell(f"ask.{kind}")),))


def _asks_back(talk: Talk, words: str, meant: Understanding, world: World) -> bool:
    """Whether this is a question about ours ("which browser?"), and not one of their own that has an answer."""
    if meant.intent is Intent.HELP:
        return True
    said = tokens(normalise(words))
    size = sum(1 if word.isascii() else 0.5 for word, _, _ in said)
    ours = size <= COUNTER_QUESTION or meant.service in (None, talk.service)
    if meant.intent is not Intent.QUESTION or not ours:
        return False
    found = match(world.knowledge.index, in_chinese(words), language=world.reader.language)
    return not found or found[0].probability < world.thresholds.answer


def named_only(talk: Talk) -> bool:
    """Whether a thing has been named and what is wrong with it is being asked."""
    card = table.on(talk)
    return card is not None and any(_press(button) == ("broken",) for button in card.buttons)


def form_waits(talk: Talk, world: World, key: str) -> Turn:
    """The form is still open, and stands below once more where it may have been closed."""
    return Turn(talk, (Text(world.reader.tell(key)), FormAgain()))
