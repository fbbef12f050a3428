"""The buttons under a message, within Telegram's limits."""

from __future__ import annotations

import json

from tests.fakes.telegram.refusals import Json, malformed

MOST_BUTTONS, MOST_IN_A_ROW, LONGEST_DATA, LARGEST = 100, 8, 64, 10_000


def keyboard_of(arguments: Json) -> tuple[list[list[Json]], Json]:
    """The inline keyboard of a call, and any other reply markup."""
    given = arguments.get("reply_markup") or {}
    if "inline_keyboard" not in given:
        return [], given
    rows = [row for row in given["inline_keyboard"] if row]
    buttons = [button for row in rows for button in row]
    if len(buttons) > MOST_BUTTONS or len(json.dumps(given)) > LARGEST:
        raise malformed("REPLY_MARKUP_TOO_LONG")
    if any(len(row) > MOST_IN_A_ROW for row in rows):
        raise malformed(f"more than {MOST_IN_A_ROW} buttons in a row")
    for button in buttons:
        _check(button)
    return rows, {}


def _check(button: Json) -> None:
    if not str(button.get("text", "")).strip():
        raise malformed("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    does = [name for name in button if name not in ("text", "style", "icon_custom_emoji_id")]
    if len(does) != 1:
        raise malformed("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= LONGEST_DATA:
        raise malformed("BUTTON_DATA_INVALID")
    if "url" in button and not button["url"].startswith(("https://", "http://", "tg://")):
        raise malformed(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
