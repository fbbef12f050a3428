"""What the process from which desks are forked has in memory: the program, and its articles with their index."""

import uvicorn.lifespan.off
import uvicorn.loops.auto
import uvicorn.protocols.http.auto  # noqa: F401

import bot.app
import bot.channels.telegram.bot
import tests.faults.desk_process  # noqa: F401

bot.app._knowledge()
