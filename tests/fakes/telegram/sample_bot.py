"""The real client of python-telegram-bot, told where the fake is."""

from telegram import Bot
from telegram.request import HTTPXRequest
from tests.fakes.telegram.telegram import Telegram


def bot_of(telegram: Telegram) -> Bot:
    """A bot that may poll twice at once; to be entered before it is used."""
    # Loading the certificates of the world takes most of a test's time, and nothing here is encrypted.
    sending, polling = (HTTPXRequest(connection_pool_size=n, httpx_kwargs={"verify": False}) for n in (16, 2))
    return Bot(
        telegram.token,
        base_url=f"{telegram.url}/bot",
        base_file_url=f"{telegram.url}/file/bot",
        request=sending,
        get_updates_request=polling,
    )
