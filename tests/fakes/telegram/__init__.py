"""A fake Telegram over real sockets: `async with fake_telegram() as telegram`.

See `telegram.py` for what a test can ask of it and `person.py` for what a person can do.
"""

from tests.fakes.mishaps import Trouble
from tests.fakes.telegram.model import BOT, Account, Chat, File, Message, Topic
from tests.fakes.telegram.person import PIXEL, CannotDo, Person
from tests.fakes.telegram.refusals import Call
from tests.fakes.telegram.telegram import TOKEN, Pace, Telegram, fake_telegram
from tests.fakes.telegram.updates import Update

__all__ = [
    "BOT",
    "PIXEL",
    "TOKEN",
    "Account",
    "Call",
    "CannotDo",
    "Chat",
    "File",
    "Message",
    "Pace",
    "Person",
    "Telegram",
    "Topic",
    "Trouble",
    "Update",
    "fake_telegram",
]
