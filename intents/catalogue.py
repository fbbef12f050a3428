"""The things a message can be for."""

from __future__ import annotations

from enum import StrEnum


class Intent(StrEnum):
    """What a person wants with a message. The first that fits a message best is its intent, the rest are its others."""

    FAULT = "fault"  # something that worked does not
    REQUEST = "request"  # something is wanted: access, a device, an installation
    QUESTION = "question"  # how do I …, where is …: one for the FAQ
    COMPLAINT = "complaint"  # about the service, not about a thing
    STATUS = "status"  # how far is my ticket
    GREETING = "greeting"
    THANKS = "thanks"  # thanks, or "it works now"
    HUMAN = "human"  # a person, please
    EMERGENCY = "emergency"  # fire, water, smoke, an attack under way: at once to a human
    CANCEL = "cancel"  # never mind
    HELP = "help"  # what can you do
    UNKNOWN = "unknown"
