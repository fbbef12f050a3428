"""What a person wants: intent, service, facts in their words, guided diagnosis. Plain functions over plain data."""
