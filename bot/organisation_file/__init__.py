"""Reads `desk.yaml`: one call, one `Organisation`, or every mistake at once with its place in the file.

`docs/configuration.md` explains each key; `schema.py` lists them.
"""

from bot.organisation_file.build import load, sample_path
from bot.organisation_file.mistakes import Mistake, OrganisationErrors

__all__ = ["Mistake", "OrganisationErrors", "load", "sample_path"]
