"""`python -m bot` is the `firstline` command."""

from bot.cli import main

main()
