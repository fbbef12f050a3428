"""A fake Slack's messages and views as HTML, roughly in Slack's manner: the very Block Kit that Slack would be sent."""

from __future__ import annotations

import html
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from tests.fakes.slack import Message, View, Workspace
from tests.fakes.slack.refusals import Json

STYLE = """
* { box-sizing: border-box } body { margin: 0; width: 760px; background: #fff; color: #1d1c1d;
  font: 15px/1.46 Lato, "DejaVu Sans", "Noto Sans CJK SC", "Noto Serif CJK SC", sans-serif }
header.bar { padding: 12px 20px; border-bottom: 1px solid #ddd; font-weight: 900; font-size: 18px }
article { display: flex; gap: 10px; padding: 8px 20px } article.thread { padding-left: 66px }
.face { flex: none; width: 36px; height: 36px; border-radius: 6px; color: #fff; font: 700 17px/36px sans-serif;
  text-align: center } .thread .face { width: 24px; height: 24px; line-height: 24px; font-size: 12px }
.body { min-width: 0; flex: 1 } .who { font-weight: 900 } .app { background: #e8e8e8; color: #616061;
  border-radius: 2px;
  font: 700 10px/1 sans-serif; padding: 1px 3px; vertical-align: 2px }
.at, .context, .only { color: #616061; font-size: 12px }
h3 { font-size: 18px; line-height: 1.3; margin: 4px 0 } p { margin: 3px 0; white-space: pre-wrap }
ol, ul { margin: 4px 0 }
blockquote { margin: 4px 0; padding-left: 10px; border-left: 4px solid #ddd; white-space: pre-wrap }
.actions { display: flex; flex-wrap: wrap; gap: 8px; margin: 8px 0 4px } .actions b { border: 1px solid #bbb;
  border-radius: 4px; padding: 0 12px; font: 700 13px/28px sans-serif } .actions b.primary { background: #007a5a;
  border-color: #007a5a; color: #fff } .actions b.danger { background: #e01e5a; border-color: #e01e5a; color: #fff }
.strip { border-left: 4px solid; border-radius: 4px; padding: 2px 0 2px 10px; margin: 4px 0 } hr { border: 0;
  border-top: 1px solid #ddd; margin: 10px 0 } .file { border: 1px solid #ddd; border-radius: 8px; padding: 8px 12px;
  width: 300px; font-weight: 700 } .modal, .home { padding: 14px 24px } .modal { width: 560px; margin: 20px auto;
  border-radius: 8px; box-shadow: 0 0 0 1px #ddd, 0 8px 30px #0003; padding: 0 } .modal > header { padding: 16px 24px;
  font-weight: 900; font-size: 20px } .modal > div { padding: 0 24px } .modal > footer { padding: 14px 24px;
  text-align: right } label { display: block; font-weight: 700; margin: 10px 0 4px }
.hint { color: #616061; font-size: 13px }
.input { border: 1px solid #888; border-radius: 4px; padding: 5px 10px; min-height: 34px; white-space: pre-wrap }
.menu::after { content: "▾"; float: right; color: #616061 } .wrong { color: #e01e5a; font-weight: 700; font-size: 13px }
"""
FACES = ("#4a154b", "#1264a3", "#2eb67d", "#b35c00", "#7d3c98")


def conversation(workspace: Workspace, title: str, messages: Iterable[Message], reader: str) -> str:
    """A conversation as this person sees it, threads opened under their messages."""
    shown = [message for message in messages if message.only_for in ("", reader)]
    roots = [message for message in shown if message.thread_ts in ("", message.ts)]
    lines = []
    for root in roots:
        lines.append(_message(workspace, root, thread=False))
        lines += [
            _message(workspace, each, thread=True) for each in shown if each.thread_ts == root.ts and each != root
        ]
    return _page(f"<header class=bar>{html.escape(title)}</header>{''.join(lines)}")


def modal(view: View) -> str:
    """An open modal."""
    content = view.content
    body = "".join(_block(block, view.errors.get(str(block.get("block_id")), "")) for block in content["blocks"])
    send = f"<b class=primary>{_text(content['submit'])}</b>" if content.get("submit") else ""
    title = f"<header>{_text(content['title'])}</header>"
    buttons = f"<footer><div class=actions style='justify-content:flex-end'>{send}</div></footer>"
    return _page(f"<section class=modal>{title}<div>{body}</div>{buttons}</section>")


def home(view: View) -> str:
    """A Home tab."""
    body = "".join(map(_block, view.content["blocks"]))
    return _page(f"<header class=bar>Firstline · Home</header><section class=home>{body}</section>")


def _page(body: str) -> str:
    return f"<!DOCTYPE html><meta charset=utf-8><style>{STYLE}</style>{body}"


def _message(workspace: Workspace, message: Message, *, thread: bool) -> str:
    user = workspace.users[message.user]
    face = FACES[0] if message.by_app else FACES[1 + sum(map(ord, user.id)) % 4]
    name = "Firstline" if message.by_app else user.real_name
    app = " <span class=app>APP</span>" if message.by_app else ""
    at = (datetime.fromtimestamp(float(message.ts), UTC) + timedelta(0)).strftime("%H:%M")
    only = "<div class=only>Only visible to you</div>" if message.only_for else ""
    text = "" if message.blocks else f"<p>{html.escape(html.unescape(message.text))}</p>"
    strips = "".join(
        f"<div class=strip style='border-color:{strip['color']}'>{''.join(map(_block, strip['blocks']))}</div>"
        for strip in message.attachments
    )
    files = "".join(f"<div class=file>▤ {html.escape(file.name)}</div>" for file in message.files)
    return (
        f"<article class={'thread' if thread else 'root'}><div class=face style='background:{face}'>{name[0]}</div>"
        f"<div class=body>{only}<span class=who>{html.escape(name)}</span>{app} <span class=at>{at}</span>"
        f"{text}{''.join(map(_block, message.blocks))}{strips}{files}</div></article>"
    )


def _block(block: Json, wrong: str = "") -> str:
    match block["type"]:
        case "header":
            return f"<h3>{_text(block['text'])}</h3>"
        case "section":
            return f"<p>{_text(block['text'])}</p>"
        case "context":
            return f"<div class=context>{' '.join(map(_text, block['elements']))}</div>"
        case "divider":
            return "<hr>"
        case "actions":
            buttons = (f"<b class='{each.get('style', '')}'>{_text(each['text'])}</b>" for each in block["elements"])
            return f"<div class=actions>{''.join(buttons)}</div>"
        case "rich_text":
            return "".join(map(_rich, block["elements"]))
        case "input":
            return _question(block, wrong)
    return ""


def _question(block: Json, wrong: str) -> str:
    element = block["element"]
    chosen = element.get("initial_option") or {}
    value = _text(chosen["text"]) if chosen else html.escape(str(element.get("initial_value", "")))
    menu = " menu" if "select" in element["type"] else ""
    optional = " <span class=hint>(optional)</span>" if block.get("optional") else ""
    hint = f"<div class=hint>{_text(block['hint'])}</div>" if "hint" in block else ""
    said = f"<div class=wrong>{html.escape(wrong)}</div>" if wrong else ""
    return f"<label>{_text(block['label'])}{optional}</label><div class='input{menu}'>{value}</div>{hint}{said}"


def _rich(element: Json) -> str:
    inside = "".join(map(_inline, element["elements"])) if element["type"] != "rich_text_list" else ""
    match element["type"]:
        case "rich_text_quote":
            return f"<blockquote>{inside}</blockquote>"
        case "rich_text_list":
            tag = "ol" if element["style"] == "ordered" else "ul"
            items = ("".join(map(_inline, item["elements"])) for item in element["elements"])
            return f"<{tag}>{''.join(f'<li>{item}</li>' for item in items)}</{tag}>"
    return f"<p>{inside}</p>"


def _inline(part: Json) -> str:
    said = html.escape(str(part.get("text") or part.get("url", "")))
    if part["type"] == "link":
        return f"<a>{said}</a>"
    style = part.get("style", {})
    said = f"<b>{said}</b>" if style.get("bold") else said
    return f"<code>{said}</code>" if style.get("code") else said


def _text(part: Json) -> str:
    return html.escape(str(part["text"]))
