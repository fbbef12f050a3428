// The chat: lines arrive as the desk writes them, are redrawn in place, and nothing typed is ever lost.

import { actOnForms, base, countClocks, element, pause, Stream, words } from "./shared.js";
import { composer } from "./composer.js";

const NEAR = 120; // pixels from the end that still count as reading the newest line
const HIDDEN_POLL = 10; // seconds
const log = document.getElementById("log");
const pending = document.getElementById("pending");
const scroll = document.getElementById("scroll");
const working = document.getElementById("working");
const newer = document.getElementById("newer");
const connection = document.getElementById("connection");
const title = document.title;
let revision = Number(document.body.dataset.revision);
let unseen = 0;
let busy = 0;

const atEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR;
const toEnd = () => { scroll.scrollTop = scroll.scrollHeight; newer.hidden = true; };

function place(html) {
  const line = element(html);
  if (!line) return;
  const follow = atEnd();
  revision = Math.max(revision, Number(line.dataset.revision));
  if (line.matches(".from-person, .a-card")) document.getElementById("welcome").hidden = true;
  if (line.dataset.key) pending.querySelector(`[data-key="${CSS.escape(line.dataset.key)}"]`)?.remove();
  const standing = document.getElementById(line.id);
  if (standing) replace(standing, line);
  else insert(line);
  if (standing) return line.querySelector("[aria-invalid]") || (follow && toEnd());
  if (follow && line.offsetHeight > scroll.clientHeight * 0.85) line.scrollIntoView({ block: "start" });
  else if (follow || line.classList.contains("from-person")) toEnd();
  else newer.hidden = false;
  if (log.contains(document.activeElement)) line.querySelector("form.form :is(input:not([type=hidden]), textarea, select)")?.focus({ preventScroll: true });
  if (document.hidden && line.classList.contains("from-desk")) unseen += 1;
  retitle();
}

function replace(standing, line) {
  if (standing.dataset.revision === line.dataset.revision) return;
  const focused = standing.contains(document.activeElement);
  keepTyped(standing.querySelector("form.form"), line.querySelector("form.form"));
  standing.replaceWith(line);
  const wrong = line.querySelector("[aria-invalid=true]:is(input, textarea, select), [aria-invalid=true] input");
  wrong?.scrollIntoView({ block: "center" });
  if (focused) (wrong ?? line.querySelector("button") ?? document.getElementById("text")).focus();
}

// A form may be drawn anew while somebody fills it in: what they typed or chose stays theirs.
function keepTyped(was, now) {
  if (!was || !now) return;
  for (const one of was.elements) {
    const same = now.elements[one.name];
    if (same && one.type !== "hidden" && touched(one)) same.value = one.value;
  }
  for (const [number, fold] of [...was.querySelectorAll("details")].entries()) {
    const again = now.querySelectorAll("details")[number];
    if (again) again.open ||= fold.open;
  }
}

function touched(one) {
  if (one.type === "radio") return one.checked && !one.defaultChecked;
  if (one.options) return one.value !== ([...one.options].find((each) => each.defaultSelected) ?? one.options[0])?.value;
  return one.value !== one.defaultValue;
}

function insert(line) {
  const number = Number(line.dataset.line);
  const after = [...log.children].findLast((one) => Number(one.dataset.line) < number);
  if (after) after.after(line);
  else log.prepend(line);
}

function retitle() {
  document.title = unseen ? `(${unseen}) ${title}` : title;
}

// How much waits, beside the menu's word for it.
function badge(name, amount) {
  const count = document.createElement("span");
  count.className = "count";
  count.textContent = amount;
  document.getElementById(`${name}-count`)?.replaceChildren(...(amount ? [count] : []));
}

// -- what the person says ---------------------------------------------------------------------

function bubble(message) {
  const line = element('<article class="line from-person waiting"><div class="bubble"></div><p class="meta"></p></article>');
  line.dataset.key = `web:${document.body.dataset.person}:${message.id}`;
  const box = line.querySelector(".bubble");
  for (const part of [message.text, ...message.files.map((file) => file.name)].filter(Boolean)) {
    const text = document.createElement("p");
    text.className = "typed";
    text.textContent = part;
    box.append(text);
  }
  pending.append(line);
  document.getElementById("welcome").hidden = true;
  toEnd();
  return line;
}

function sending(message) {
  const line = bubble(message);
  const note = line.querySelector(".meta");
  const rest = startWorking();
  return {
    retry: () => { note.textContent = words.retry; note.setAttribute("role", "status"); },
    done: () => { rest(); line.remove(); },
    refused: (why) => {
      rest();
      note.textContent = why;
      note.className = "meta error";
      note.setAttribute("role", "alert");
      const edit = document.createElement("button");
      edit.type = "button";
      edit.className = "quiet";
      edit.textContent = words.edit;
      edit.addEventListener("click", () => { line.remove(); box.restore(message); });
      note.append(" ", edit);
      toEnd();
    },
  };
}

function startWorking() {
  busy += 1;
  const timer = setTimeout(() => { working.hidden = false; if (atEnd()) toEnd(); }, 600);
  return () => {
    clearTimeout(timer);
    busy -= 1;
    if (!busy) working.hidden = true;
  };
}

const box = composer({ sending, keep: `unsent${base}` });

document.addEventListener("click", (event) => {
  const starter = event.target.closest("[data-say]");
  if (starter) box.send(starter.dataset.say);
  const reply = event.target.closest("[data-reply]");
  if (reply) box.about(reply.dataset.reply, reply.dataset.about);
});

// -- what the desk says -----------------------------------------------------------------------

let lost = 0;
function connected(yes) {
  clearTimeout(lost);
  if (yes) connection.hidden = true;
  else lost = setTimeout(() => { connection.textContent = words.offline; connection.hidden = false; }, 4000);
}

new Stream(() => `${base}/chat/events?since=${revision}`, {
  line: (event) => place(event.data),
  pages: (event) => badge("pages", Number(event.data)),
  queue: (event) => badge("queue", Number(event.data)),
}, connected);

async function followWhileHidden() {
  for (;;) {
    await pause(HIDDEN_POLL);
    if (!document.hidden) continue;
    try {
      const response = await fetch(`${base}/chat/lines?since=${revision}`, { headers: { Accept: "application/json" } });
      if (response.ok) for (const html of (await response.json()).lines) place(html);
    } catch {
      // The stream catches up when somebody looks again.
    }
  }
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unseen = 0;
  retitle();
});
scroll.addEventListener("scroll", () => { if (atEnd()) newer.hidden = true; });
newer.addEventListener("click", toEnd);
actOnForms({ inChat: (form) => log.contains(form) });
countClocks();
followWhileHidden();
toEnd();
const text = document.getElementById("text");
text.focus({ preventScroll: true });
text.setSelectionRange(text.value.length, text.value.length);
