"""Understanding a message costs milliseconds of processor: they are spent beside the event loop, not in it.

One message at a time: of two the processor would do neither faster, and the loop would wait for both.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache, partial
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


async def beside(think: Callable[Given, Result], *given: Given.args, **named: Given.kwargs) -> Result:
    """What `think`, a plain function of its arguments, makes of these."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_thread(), partial(copy_context().run, think, *given, **named))


@cache
def _thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="beside")
