// What every page of the desk does: send forms once, show answers, count clocks down, stay fresh.

export const base = document.body.dataset.base;
export const words = document.getElementById("words").dataset;
const TRIES = 6;

export function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function pause(seconds) {
  return new Promise((go) => setTimeout(go, seconds * 1000));
}

export function element(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}

// Posts until the desk has answered: the same event id makes a second try harmless.
// Gives {status, answer}; an answer of the 5xx kind, or none, is tried again.
export async function post(address, data, { tries = TRIES, onRetry = () => {} } = {}) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch(address, {
        method: "POST",
        body: data,
        headers: { Accept: "application/json", "X-Firstline-Token": document.body.dataset.token },
        credentials: "same-origin",
      });
      if (response.status < 500) return { status: response.status, answer: await readable(response) };
      if (attempt >= tries) return { status: response.status, answer: { error: words.failed } };
    } catch {
      if (attempt >= tries) return { status: 0, answer: { error: words.failed } };
    }
    onRetry(attempt);
    await pause(Math.min(attempt, 5));
  }
}

async function readable(response) {
  try {
    return await response.json();
  } catch {
    return response.ok ? { replies: [], forms: [] } : { error: words.failed };
  }
}

// -- messages and the dialog ------------------------------------------------------------------

const toasts = document.getElementById("toasts");
const dialog = document.getElementById("dialog");
const dialogBody = document.getElementById("dialog-body");

export function toast(content, { stays = false } = {}) {
  const box = document.createElement("div");
  box.className = "toast";
  if (typeof content === "string") {
    const line = document.createElement("p");
    line.textContent = content;
    box.append(line);
  } else {
    box.append(content);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "quiet toast-close";
  close.setAttribute("aria-label", words.close);
  close.textContent = "×";
  close.addEventListener("click", () => box.remove());
  box.append(close);
  toasts.append(box);
  if (!stays && !box.querySelector("form")) setTimeout(() => box.remove(), 9000);
  return box;
}

// A dialog gives the focus back to the button that opened it. Where that stood in a menu which has closed since, or was
// drawn anew meanwhile, it goes to the menu, to the button's successor, or to what the page is about: never nowhere.
let opener = null;
document.addEventListener("click", (event) => { opener = event.target.closest("main button[value]") ?? opener; }, { capture: true });
dialog.addEventListener("close", () => setTimeout(() => {
  const now = document.activeElement;
  if (!opener || (now !== document.body && now?.checkVisibility())) return;
  const standing = opener.isConnected ? opener : successor(opener);
  const visible = standing?.checkVisibility() ? standing : standing?.closest("details")?.querySelector("summary");
  (visible ?? document.getElementById("main")).focus({ preventScroll: true });
}));

function successor(button) {
  return document.querySelector(`main button[value="${CSS.escape(button.value)}"]`);
}

function open(content) {
  dialogBody.replaceChildren(content);
  if (!dialog.open) dialog.showModal();
  const field =
    dialogBody.querySelector("[aria-invalid=true]:is(input, textarea, select)") ??
    dialogBody.querySelector("[aria-invalid=true] input") ??
    dialogBody.querySelector("input:not([type=hidden]), textarea, select");
  field?.focus();
}

// News passes by in the corner, and stays there with the one thing it offers. What leaves a choice wants a decision:
// it comes where the eyes are, one at a time.
export function show(answer) {
  for (const reply of (answer.replies ?? []).map(element)) {
    if (reply.querySelectorAll("form[data-act] button").length > 1) open(reply);
    else toast(reply);
  }
  for (const html of answer.forms ?? []) open(element(html));
}

// -- buttons and forms ------------------------------------------------------------------------

// On the chat's page what the desk says arrives as lines; elsewhere the answer is shown where the person is.
export function actOnForms({ inChat = () => false } = {}) {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-act]");
    if (!form) return;
    event.preventDefault();
    if (form.dataset.busy) return;
    act(form, event.submitter, inChat(form));
  });
}

async function act(form, pressed, quiet) {
  const data = new FormData(form);
  data.set("event", freshId());
  if (pressed?.name) data.set(pressed.name, pressed.value);
  const buttons = [...form.querySelectorAll("button")];
  form.dataset.busy = "yes";
  form.setAttribute("aria-busy", "true");
  pressed?.classList.add("pressed");
  for (const button of buttons) button.setAttribute("aria-disabled", "true");
  let waiting = null;
  const { status, answer } = await post(form.getAttribute("action"), data, {
    onRetry: () => { waiting ??= toast(words.retry, { stays: true }); },
  });
  waiting?.remove();
  if (status >= 200 && status < 300) {
    if (dialog.contains(form)) dialog.close();
    if (!quiet) show(answer);
    document.dispatchEvent(new CustomEvent("acted"));
    if (form.isConnected) await pause(1.2);
  } else {
    toast(answer.error ?? words.failed, { stays: true });
  }
  delete form.dataset.busy;
  form.removeAttribute("aria-busy");
  pressed?.classList.remove("pressed");
  for (const button of buttons) button.removeAttribute("aria-disabled");
  document.dispatchEvent(new CustomEvent("settled"));
}

// -- clocks -----------------------------------------------------------------------------------

function length(seconds) {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = Math.floor(seconds % 60);
  if (hours && !minutes) return words.hours.replace("{n}", hours);
  if (hours) return `${words.hours.replace("{n}", hours)} ${words.minutes.replace("{n}", minutes)}`;
  if (minutes >= 10) return words.minutes.replace("{n}", minutes);
  if (minutes) return `${words.minutes.replace("{n}", minutes)} ${words.seconds.replace("{n}", rest)}`;
  return words.seconds.replace("{n}", rest);
}

// A computer whose clock is wrong still counts down rightly: the page came with the desk's own time.
const ahead = Date.now() - new Date(document.body.dataset.now ?? Date.now());

function count() {
  for (const clock of document.querySelectorAll("[data-due]")) {
    const left = (new Date(clock.dataset.due) - (Date.now() - ahead)) / 1000;
    if (Math.abs(left) > 86400) continue; // days are told better by the words the page came with
    const text = (left >= 0 ? words.left : words.over).replace("{time}", length(Math.abs(left)));
    if (clock.textContent !== text) clock.textContent = text;
    clock.classList.toggle("late", left < 0);
  }
}

export function countClocks() {
  count();
  setInterval(count, 1000);
}

// -- streams ----------------------------------------------------------------------------------

// A stream that is closed while nobody looks: a browser keeps only six connections to one host for all its
// tabs. `address` is asked anew at each opening, so that it can say from where to go on.
export class Stream {
  constructor(address, listeners, onState = () => {}) {
    Object.assign(this, { address, listeners, onState, source: null, timer: 0 });
    document.addEventListener("visibilitychange", () => (document.hidden ? this.close() : this.open()));
    window.addEventListener("pagehide", () => this.close());
    window.addEventListener("pageshow", () => this.open());
    if (!document.hidden) this.open();
  }

  open() {
    if (this.source) return;
    clearTimeout(this.timer);
    this.source = new EventSource(this.address());
    this.source.addEventListener("open", () => this.onState(true));
    for (const [name, listener] of Object.entries(this.listeners)) {
      this.source.addEventListener(name, (event) => event.data && listener(event));
    }
    this.source.addEventListener("error", () => {
      this.onState(false);
      this.close();
      this.timer = setTimeout(() => document.hidden || this.open(), 1000);
    });
  }

  close() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }
}
