"""The facts of a message under the names the intake form has for them."""

from __future__ import annotations

from intents.entities import Entities


def of_words(found: Entities) -> dict[str, str]:
    """What was said, by field; a field of which nothing was said is left out."""
    facts = {
        "place": found.place,
        "device": ", ".join(filter(None, (found.asset_tag, found.device))),
        "ip": found.ip,
        "since": found.since,
        "affected": found.affected,
        "severity": found.severity,
        "callback": found.phone,
        "errors": ", ".join(found.error_codes),
    }
    return {name: value for name, value in facts.items() if value}
