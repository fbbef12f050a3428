"""The HTTP face: /api/<method>, the socket, uploads, private files and response_urls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from tests.fakes.mishaps import Fault, Trouble
from tests.fakes.service import Face
from tests.fakes.slack.arguments import Arguments, read_arguments
from tests.fakes.slack.methods import METHODS, check_scopes
from tests.fakes.slack.refusals import Call, Json, Refused, malformed

if TYPE_CHECKING:
    from tests.fakes.slack.workspace import Workspace


class Server(Face):
    """Where the API's methods are answered."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self.uploads_fail = 0
        """How many uploads will find nobody to take their bytes."""

    async def start(self) -> None:
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/link", self.workspace.inbound.sockets.accept)
        app.router.add_post("/upload/{file}", self._upload)
        app.router.add_get("/files-pri/{file}/{name}", self._download)
        app.router.add_get("/sign-in", self._sign_in)
        app.router.add_post("/response/{key}", self._response_url)
        await self.serve(app)

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        call = Call(method, {}, "")
        self.workspace.calls.append(call)
        try:
            try:
                arguments, token = await read_arguments(request)
                call.arguments, call.carried = arguments.sent, arguments.carried
                return await self._answered(request, call, arguments, token)
            except Refused as refusal:
                return self._refused(call, refusal)
        finally:
            self.workspace.changed()

    async def _answered(self, request: web.Request, call: Call, arguments: Arguments, token: str) -> web.StreamResponse:
        workspace = self.workspace
        self._check_token(call.method, token)
        fault = workspace.faults.next_for(call.method)
        if fault is not None:
            return await self._in_trouble(request, call, arguments, fault)
        if wait := workspace.rates.seconds_to_wait(call.method, arguments.text("channel")):
            call.fault, call.error = Trouble.RATE_LIMITED.value, "ratelimited"
            return _rate_limited(wait)
        return self._ok(call, self._apply(call, arguments))

    def _check_token(self, method: str, token: str) -> None:
        if not token:
            raise malformed("not_authed", f"{method}: no token")
        expected = self.workspace.app_token if method == "apps.connections.open" else self.workspace.bot_token
        if token != expected:
            known = (self.workspace.app_token, self.workspace.bot_token)
            raise Refused("not_allowed_token_type" if token in known else "invalid_auth")

    def _apply(self, call: Call, arguments: Arguments) -> Json:
        workspace = self.workspace
        action = METHODS.get(call.method)
        known = workspace.specification.methods
        if action is None:
            known_to_slack = call.method in known or not known
            raise malformed("unknown_method", f"{call.method}: {'not faked' if known_to_slack else 'no such method'}")
        faults = tuple(workspace.specification.argument_faults(call.method, arguments.sent))  # as they travelled
        if faults:
            raise malformed("invalid_arguments", *faults)
        arguments.decode()
        check_scopes(workspace, call.method, arguments)
        answer = action(workspace, arguments)
        call.applied = True
        return answer

    def _ok(self, call: Call, answer: Json) -> web.Response:
        call.ok, call.answer = True, {"ok": True, **answer}
        return web.json_response(call.answer, headers=self._headers())

    def _refused(self, call: Call, refusal: Refused) -> web.Response:
        call.error = refusal.error
        if refusal.fault_of_caller:
            call.violations = refusal.messages or (refusal.error,)
            for message in call.violations:
                self.workspace.violated(f"{call.method}: {refusal.error}: {message}")
        call.answer = {"ok": False, "error": refusal.error}
        if refusal.messages:
            call.answer["response_metadata"] = {"messages": [f"[ERROR] {m}" for m in refusal.messages]}
        return web.json_response(call.answer, headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {"X-OAuth-Scopes": ",".join(sorted(self.workspace.scopes))}

    async def _in_trouble(
        self, request: web.Request, call: Call, arguments: Arguments, fault: Fault
    ) -> web.StreamResponse:
        call.fault = fault.trouble.value
        if fault.trouble is Trouble.ERROR:
            raise Refused(fault.error)
        if fault.applied:
            call.answer = self._apply(call, arguments)
        match fault.trouble:
            case Trouble.RATE_LIMITED:
                call.error = "ratelimited"
                return _rate_limited(fault.retry_after)
            case Trouble.SILENCE:
                self.workspace.changed()
                await self._closing.wait()
            case Trouble.CUT if request.transport is not None:
                request.transport.abort()
        return web.json_response({"ok": False, "error": "internal_error"}, status=500)

    async def _upload(self, request: web.Request) -> web.Response:
        file = self.workspace.files.get(request.match_info["file"])
        if file is None:
            return web.Response(status=404, text="no such upload")
        if self.uploads_fail:
            self.uploads_fail -= 1
            return web.Response(status=500)
        if request.content_type.startswith("multipart/"):
            part = next(iter((await request.post()).values()))
            file.content = part.file.read() if isinstance(part, web.FileField) else str(part).encode()
        else:
            file.content = await request.read()
        return web.Response(text=f"OK - {len(file.content)}")

    async def _download(self, request: web.Request) -> web.Response:
        file = self.workspace.files.get(request.match_info["file"])
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if file is None or token != self.workspace.bot_token or "files:read" not in self.workspace.scopes:
            # Slack does not say 403: it shows the sign-in page, which a careless app would keep as the file.
            raise web.HTTPFound("/sign-in")
        if self.workspace.faults.down is not None:
            return web.Response(status=503)
        self.workspace.scopes_used.add("files:read")
        return web.Response(body=file.content, content_type=file.mimetype)

    async def _sign_in(self, request: web.Request) -> web.Response:
        return web.Response(text="<!DOCTYPE html><title>Sign in</title>", content_type="text/html")

    async def _response_url(self, request: web.Request) -> web.StreamResponse:
        call = Call("response_url", {}, "json")
        self.workspace.calls.append(call)
        try:
            if self.workspace.faults.down is not None:
                call.fault = Trouble.SERVER_ERROR.value
                return web.Response(status=500)
            arguments, _ = await read_arguments(request)
            call.arguments = arguments.sent
            arguments.decode()
            self.workspace.interactions.respond(request.match_info["key"], arguments)
            call.ok = call.applied = True
            return web.Response(text="ok")
        except Refused as refusal:
            self._refused(call, refusal)
            return web.json_response(call.answer, status=404)
        finally:
            self.workspace.changed()


def _rate_limited(seconds: int) -> web.Response:
    body = {"ok": False, "error": "ratelimited"}
    return web.json_response(body, status=429, headers={"Retry-After": str(seconds)})
