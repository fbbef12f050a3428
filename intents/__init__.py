"""What a person wants: intent, service, the facts in their words, and guided diagnosis. Plain functions over plain data."""
