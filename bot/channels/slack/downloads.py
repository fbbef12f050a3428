"""Files out of Slack: fetched from its own hosts only, and never more than we take."""

from __future__ import annotations

from urllib.parse import urlsplit

import aiohttp

from bot.messages import File, Rejected

FILE_AT_MOST = 10 * 1024 * 1024


async def content_of(file: File, session: aiohttp.ClientSession, token: str, api_url: str) -> bytes:
    """The bytes of a file; raises `Rejected`, or what the connection raises. `api_url` is a host of Slack's, too."""
    if not _is_slack(file.reference, api_url):
        raise Rejected("this file is not kept at Slack")
    headers = {"Authorization": f"Bearer {token}"}
    async with session.get(file.reference, headers=headers, allow_redirects=False) as response:
        if response.status != 200:
            raise Rejected(f"Slack answered {response.status} for the file {file.name}")
        content = bytearray()
        async for part in response.content.iter_chunked(64 * 1024):
            content += part
            if len(content) > FILE_AT_MOST:
                raise Rejected(f"the file {file.name} is larger than {FILE_AT_MOST} bytes")
    return bytes(content)


def _is_slack(address: str, api_url: str) -> bool:
    given, ours = urlsplit(address), urlsplit(api_url)
    if (given.scheme, given.netloc) == (ours.scheme, ours.netloc):
        return True
    host = given.hostname or ""
    return given.scheme == "https" and (host == "slack.com" or host.endswith((".slack.com", ".slack-files.com")))
