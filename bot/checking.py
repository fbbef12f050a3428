"""What `firstline check`, `link`, `stuck` and `db upgrade` do."""

from __future__ import annotations

import contextlib

from bot.app import load_organisation, utc_now
from bot.dialogue import connecting
from bot.joining.slack import slack_workspace
from bot.joining.telegram import TELEGRAM, rooms_of, telegram_bot
from bot.messages import Badge, Identity
from bot.organisation import Organisation
from bot.organisation_file import OrganisationErrors
from bot.reaching import Account, guessed_holidays, holes, out_of_reach
from bot.settings import Settings, SlackSettings, TelegramSettings
from bot.web.backing import StoredDoors
from escalation.dispatch import first_line
from storage import inbox, outbox, people, quiet
from storage.database import Database
from storage.errors import StorageError, in_a_sentence

EVERYWHERE = ("0.0.0.0", "::")  # nosec B104: compared with, never bound to


async def check_all(settings: Settings) -> tuple[str, ...]:
    """Every trouble found, one line each; empty when all is well."""
    now = utc_now()
    try:
        organisation = load_organisation(settings, now)
    except OrganisationErrors as errors:
        return tuple(str(errors).splitlines())
    slack = await _slack_troubles(settings, settings.slack, organisation) if settings.slack else ()
    database = await _database_troubles(settings)
    telegram = await _telegram_troubles(settings, settings.telegram, organisation) if settings.telegram else ()
    return (*database, *map(str, holes(organisation, now)), *slack, *telegram)


async def warnings(settings: Settings) -> tuple[str, ...]:
    """What is worth knowing although nothing is wrong; nothing about what cannot be read.

    Among it the rungs whose people have no account in any connected chat that a message reaches: they would hear
    only from the web desk, if it is open before them.
    """
    try:
        organisation = load_organisation(settings, utc_now())
        linked = await _linked(settings)
    except (OrganisationErrors, StorageError):
        return ()
    connected = frozenset(name for name in ("slack", "telegram") if getattr(settings, name))
    silent = out_of_reach(organisation, linked, connected) if connected else frozenset()
    alone = set(holes(organisation, utc_now(), silent)) - set(holes(organisation, utc_now()))
    in_chat = [f"{hole} in any connected chat" for hole in sorted(alone, key=str)]
    return (*guessed_holidays(organisation, utc_now()), *in_chat)


async def _linked(settings: Settings) -> tuple[Account, ...]:
    database = await Database.open(settings.database_url, clock=utc_now, visitor=True)
    try:
        await database.migrate()
        async with database.reading() as tx:
            return tuple(
                Account(each.person, Identity(each.channel, each.workspace, each.user), bool(each.unreachable))
                for each in await people.accounts(tx)
            )
    finally:
        await database.close()


async def _slack_troubles(settings: Settings, given: SlackSettings, organisation: Organisation) -> tuple[str, ...]:
    from bot.channels.slack.survey import survey

    workspace = slack_workspace(given)
    rooms = {key: group.rooms["slack"] for key, group in organisation.groups.items() if "slack" in group.rooms}
    badges = await _badges(settings, organisation, "slack")
    try:
        return await survey(workspace.channel, given.app_token, rooms, _accounts(organisation, "slack"), badges)
    finally:
        await workspace.close()


async def _badges(settings: Settings, organisation: Organisation, channel: str) -> tuple[Badge, ...]:
    """The badges of this channel, worn by whoever is on call now."""
    groups = [group for group in organisation.groups.values() if channel in group.badges]
    if not groups:
        return ()
    known = [Account(key, each) for key, person in organisation.people.items() for each in person.identities]
    with contextlib.suppress(StorageError):  # which is a trouble of its own, and told as such
        known += await _linked(settings)
    users = {(each.person, each.identity.user): None for each in known if each.identity.channel == channel}
    return tuple(
        Badge(
            group.key,
            group.badges[channel],
            group.rooms.get(channel, ""),
            tuple(user for person, user in users if person in first_line(group, utc_now())),
        )
        for group in groups
    )


def _accounts(organisation: Organisation, channel: str) -> dict[str, str]:
    """The accounts that the file gives people on this channel."""
    return {
        key: identity.user
        for key, person in organisation.people.items()
        for identity in person.identities
        if identity.channel == channel
    }


async def _telegram_troubles(
    settings: Settings, given: TelegramSettings, organisation: Organisation
) -> tuple[str, ...]:
    from bot.channels.telegram.survey import Room, survey

    accounts = _accounts(organisation, TELEGRAM)
    rooms = tuple(
        Room(
            key,
            chat,
            {each: accounts[each] for each in organisation.groups[key].people if each in accounts},
            organisation.groups[key].badges.get(TELEGRAM, ""),
            organisation.groups[key].tiers[0].people,
        )
        for chat, groups in rooms_of(organisation).items()
        for key in groups.split()
    )
    try:
        database = await Database.open(settings.database_url, clock=utc_now, visitor=True)
    except StorageError:
        return ()  # it is told already, and comes first
    try:
        await database.migrate()
        bot = await telegram_bot(given, database)
        try:
            return await survey(bot.channel, bot.webhook, rooms, accounts)
        finally:
            await bot.close()
    except StorageError:
        return ()
    finally:
        await database.close()


async def _database_troubles(settings: Settings) -> tuple[str, ...]:
    try:
        database = await Database.open(settings.database_url, clock=utc_now, visitor=True)
    except StorageError as error:
        return (in_a_sentence(error),)
    try:
        await database.migrate()
        await database.ready()
    except StorageError as error:
        return (in_a_sentence(error),)
    finally:
        await database.close()
    return ()


async def sign_in_link(settings: Settings, person: str) -> str:
    """A link for this person. Raises LookupError for somebody unknown, or after five links in an hour."""
    organisation = load_organisation(settings, utc_now())
    if person not in organisation.people:
        raise LookupError(f"there is no person {person!r} in {organisation.source}")
    database = await Database.open(settings.database_url, clock=utc_now, visitor=True)
    try:
        await database.migrate()
        async with database.transaction() as tx:
            await people.sync(tx, organisation.people.keys())
        link = await StoredDoors(database, utc_now).issue(person)
    finally:
        await database.close()
    if link is None:
        raise LookupError(f"{person} was given five links within an hour: wait, or use one of those")
    host = "localhost" if settings.host in EVERYWHERE else settings.host
    return f"http://{host}:{settings.port}/sign-in/{link}"


async def telegram_invitation(settings: Settings, person: str) -> str:
    """A link that opens the bot's chat and makes the account this person's. Raises LookupError like `sign_in_link`,
    and without a bot."""
    organisation = load_organisation(settings, utc_now())
    if settings.telegram is None:
        raise LookupError("there is no bot: set TELEGRAM_BOT_TOKEN")
    if person not in organisation.people:
        raise LookupError(f"there is no person {person!r} in {organisation.source}")
    database = await Database.open(settings.database_url, clock=utc_now, visitor=True)
    try:
        await database.migrate()
        bot = await telegram_bot(settings.telegram, database)
        try:
            door = await bot.opened_door()
        finally:
            await bot.close()
        if not door:
            raise LookupError("Telegram does not tell the bot's name now: see `firstline check`")
        async with database.transaction() as tx:
            await people.sync(tx, organisation.people.keys())
            code = await connecting.invite(tx, person, utc_now())
    finally:
        await database.close()
    if code is None:
        raise LookupError(f"{person} was given five links within an hour: wait, or use one of those")
    return f"{door}{code}"


async def migrate(settings: Settings) -> None:
    """Bring the schema up to date."""
    database = await Database.open(settings.database_url, clock=utc_now)
    try:
        await database.migrate()
    finally:
        await database.close()


async def stuck(settings: Settings) -> tuple[str, ...]:
    """What could not be sent or handled, one line each: `outbox` rows can be sent again by their number."""
    database = await Database.open(settings.database_url, clock=utc_now, visitor=True)
    try:
        await database.migrate()
        async with database.reading() as tx:
            letters, parked = await outbox.dead_letters(tx), await inbox.parked(tx)
    finally:
        await database.close()
    sent = [f"outbox {row.id}: {row.notice} for {row.target}, {row.attempts} tries: {row.error}" for row in letters]
    return (*sent, *(f"inbox {event.event_id} at {event.at:%Y-%m-%d %H:%M} UTC: {event.error}" for event in parked))


async def again(settings: Settings, what: str) -> bool:
    """Send the dead letter of this number again, or handle the event of this id; False when there is neither."""
    database = await Database.open(settings.database_url, clock=utc_now, visitor=True)
    try:
        await database.migrate()
        async with database.transaction() as tx:
            if what.isdecimal() and await outbox.redrive(tx, int(what), utc_now()):
                return True
            return await inbox.try_again(tx, what)
    finally:
        await database.close()


async def let_ring(settings: Settings) -> bool:
    """End the quiet of a restored desk; False when it is not quiet."""
    database = await Database.open(settings.database_url, clock=utc_now, visitor=True)
    try:
        await database.migrate()
        async with database.transaction() as tx:
            return await quiet.end(tx)
    finally:
        await database.close()
