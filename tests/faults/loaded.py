"""What the process from which desks are forked has in memory: the program, and its articles with their index."""

import bot.app
import tests.faults.desk_process  # noqa: F401

bot.app._knowledge()
