"""Facts -> Reply. Everything a person reads is drawn here, from catalogues, and nothing is decided here."""
