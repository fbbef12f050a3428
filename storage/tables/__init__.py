"""Every table of the house, from the room it belongs to. `migrations/` builds them; a test holds the two together.

Taking one of them from here takes all, so that `metadata` always knows every table.
"""

from storage.tables.housekeeping import desk_keys, heartbeat, period_claims
from storage.tables.incoming import dialogues, inbox, parked_events
from storage.tables.knowledge import article_drafts, article_feedback, article_revisions, routers
from storage.tables.outgoing import (
    UNFINISHED,
    cards,
    messages_sent,
    outbox,
    transcript,
    transcript_heads,
    transcript_keys,
)
from storage.tables.person import identities, people, rota_swaps, sessions, signin_links
from storage.tables.schema import metadata
from storage.tables.ticket import attachments, followers, major_incidents, pages, policies, ticket_events, tickets

__all__ = [
    "UNFINISHED",
    "article_drafts",
    "article_feedback",
    "article_revisions",
    "attachments",
    "cards",
    "desk_keys",
    "dialogues",
    "followers",
    "heartbeat",
    "identities",
    "inbox",
    "major_incidents",
    "messages_sent",
    "metadata",
    "outbox",
    "pages",
    "parked_events",
    "people",
    "period_claims",
    "policies",
    "rota_swaps",
    "routers",
    "sessions",
    "signin_links",
    "ticket_events",
    "tickets",
    "transcript",
    "transcript_heads",
    "transcript_keys",
]
