"""Where the machine-readable rules of the platforms are."""

import os
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]


def specifications_folder() -> Path:
    """Where the specifications should be: FIRSTLINE_SPECS, or ../shared/specs beside the checkout."""
    return Path(os.environ.get("FIRSTLINE_SPECS", CHECKOUT.parent / "shared" / "specs"))
