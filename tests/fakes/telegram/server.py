"""The HTTP face: /bot<token>/<method> and /file/bot<token>/<path>."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.mishaps import Fault, Trouble
from tests.fakes.service import Face
from tests.fakes.telegram import bot_methods, message_methods, topic_methods
from tests.fakes.telegram.arguments import Upload, decoded, read_arguments
from tests.fakes.telegram.refusals import Call, Json, Refused, malformed, too_many

if TYPE_CHECKING:
    from tests.fakes.telegram.telegram import Telegram

METHODS = bot_methods.METHODS | message_methods.METHODS | topic_methods.METHODS
LARGEST_UPLOAD = 50 * 2**20
NOT_COUNTED = frozenset({"sendChatAction"})


class Server(Face):
    """Where the API's methods are answered."""

    def __init__(self, telegram: Telegram) -> None:
        super().__init__()
        self.telegram = telegram

    async def start(self) -> None:
        app = web.Application(client_max_size=LARGEST_UPLOAD + 2**20)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        await self.serve(app)

    async def _call(self, request: web.Request) -> web.StreamResponse:
        telegram = self.telegram
        method = request.match_info["method"]
        call = Call(telegram.specification.named(method) or method, {}, telegram.elapsed())
        telegram.calls.append(call)
        try:
            try:
                self._check_token(request.match_info["token"])
                sent, uploads = await read_arguments(request)
                call.arguments = decoded(telegram.specification, call.method, sent, uploads)
                return await self._answered(request, call)
            except Refused as refusal:
                return self._refused(call, refusal)
        finally:
            telegram.changed()

    def _check_token(self, token: str) -> None:
        if token == self.telegram.token:
            return
        number, _, rest = token.partition(":")
        raise Refused("Unauthorized" if number.isdecimal() and len(rest) > 20 else "Not Found")

    async def _answered(self, request: web.Request, call: Call) -> web.StreamResponse:
        telegram = self.telegram
        fault = telegram.faults.next_for(call.method, str(call["chat_id"] or ""))
        if fault is not None:
            return await self._in_trouble(request, call, fault)
        if _counted(call.method) and (wait := telegram.limits.seconds_to_wait(call.chat)):
            call.fault = Trouble.RATE_LIMITED.value
            raise too_many(wait)
        return self._ok(call, await self._apply(request, call))

    async def _apply(self, request: web.Request, call: Call) -> Any:
        specification = self.telegram.specification
        if specification.named(call.method) is None or (call.method not in METHODS and call.method != "getUpdates"):
            known = specification.named(call.method) and specification.present
            self.telegram.violated(f"{call.method}: {'not faked' if known else 'no such method'}")
            raise Refused("Not Found: method not found")
        faults = list(specification.parameter_faults(call.method, call.arguments))
        if faults:
            raise malformed("; ".join(faults))
        if call.method == "getUpdates":
            return await bot_methods.get_updates(self.telegram, call.arguments, lambda: request.transport is None)
        answer = METHODS[call.method](self.telegram, call.arguments)
        call.applied = True
        return answer

    def _ok(self, call: Call, answer: Any) -> web.Response:
        call.ok, call.answer = True, answer
        if call.method != "getUpdates":
            for fault in self.telegram.specification.answer_faults(call.method, answer):
                self.telegram.violated(f"the fake's own answer: {fault}")
        return web.json_response({"ok": True, "result": answer})

    def _refused(self, call: Call, refusal: Refused) -> web.Response:
        call.error = refusal.description
        if refusal.fault_of_caller:
            self.telegram.violated(f"{call.method}: {refusal.description} ({_shortened(call.arguments)})")
        headers = {"Retry-After": str(seconds)} if (seconds := refusal.parameters.get("retry_after")) else {}
        return web.json_response(refusal.as_json(), status=refusal.status, headers=headers)

    async def _in_trouble(self, request: web.Request, call: Call, fault: Fault) -> web.StreamResponse:
        call.fault = fault.trouble.value
        match fault.trouble:
            case Trouble.ERROR:
                raise Refused(fault.error)
            case Trouble.RATE_LIMITED:
                raise too_many(fault.retry_after)
        if fault.applied:
            call.answer = await self._apply(request, call)
        match fault.trouble:
            case Trouble.SILENCE:
                self.telegram.changed()
                await self._closing.wait()
            case Trouble.CUT if request.transport is not None:
                request.transport.abort()
        call.error = "Internal Server Error"
        return web.json_response(Refused("Internal Server Error").as_json(), status=500)

    async def _download(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        file = next((each for each in self.telegram.files.values() if each.path == path), None)
        fault = self.telegram.faults.next_for("download")
        if fault is not None and fault.trouble is Trouble.SILENCE:
            await self._closing.wait()
        if fault is not None:
            return web.json_response(Refused("Internal Server Error").as_json(), status=500)
        if file is None or request.match_info["token"] != self.telegram.token:
            return web.json_response(Refused("Not Found").as_json(), status=404)
        return web.Response(body=file.content, content_type="application/octet-stream")


def _counted(method: str) -> bool:
    return method.startswith(("send", "edit", "create", "pin", "close", "reopen")) and method not in NOT_COUNTED


def _shortened(arguments: Json) -> str:
    shown = {name: value.name if isinstance(value, Upload) else value for name, value in arguments.items()}
    return f"{shown!r:.400}"
