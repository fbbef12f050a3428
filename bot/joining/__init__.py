"""The chat platforms joined to the house: each channel built of its settings, and given what it asks of the rest."""
