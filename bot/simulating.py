"""What `firstline simulate` does."""
