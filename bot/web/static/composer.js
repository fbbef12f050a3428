// The box people write in: grows with the text, sends with Enter, keeps what could not be sent yet.

import { freshId, post, toast, words } from "./shared.js";

// `sending(id, text, files)` is told before a message leaves and may give back {retry, answered, refused, done};
// `accepted` when it arrived.
export function composer({ sending = () => ({}), accepted = () => {}, keep = "" } = {}) {
  const form = document.getElementById("composer");
  if (!form) return null;
  const text = form.querySelector("textarea");
  const input = form.querySelector("input[type=file]");
  const chosen = form.querySelector("#chosen");
  const replyTo = form.elements.reply_to;
  const alwaysTo = replyTo.value;
  let files = [];
  let queue = Promise.resolve();

  const grow = () => {
    text.rows = Math.min(8, text.value.split("\n").length);
    while (text.value && text.scrollHeight > text.clientHeight + 2 && text.rows < 8) text.rows += 1;
  };

  const list = () => {
    chosen.replaceChildren(...files.map((file, index) => {
      const item = document.createElement("li");
      const name = document.createElement("span");
      name.textContent = file.name;
      const drop = document.createElement("button");
      drop.type = "button";
      drop.className = "quiet";
      drop.textContent = "×";
      drop.setAttribute("aria-label", `${words.remove}: ${file.name}`);
      drop.addEventListener("click", () => { files.splice(index, 1); list(); });
      item.append(name, drop);
      return item;
    }));
    chosen.hidden = !files.length;
  };

  const choose = (more) => {
    const most = Number(form.dataset.most);
    const largest = Number(form.dataset.largest);
    const all = [...files, ...more];
    if (all.length > most) toast(words.many);
    else if (all.reduce((sum, file) => sum + file.size, 0) > largest) toast(words.large);
    else files = all;
    list();
  };

  const deliver = async (message) => {
    const told = message.told ?? sending(message);
    const data = new FormData();
    data.set("token", form.elements.token.value);
    data.set("event", message.id);
    data.set("reply_to", message.replyTo);
    data.set("text", message.text);
    for (const file of message.files) data.append("files", file);
    const { status, answer } = await post(form.getAttribute("action"), data, { tries: Infinity, onRetry: told.retry });
    forget(message.id);
    told.answered?.();
    if (status >= 200 && status < 300) {
      told.done?.();
      accepted(answer);
    } else {
      told.refused?.(answer.error ?? words.failed);
      if (!told.refused) {
        toast(answer.error ?? words.failed, { stays: true });
        restore(message);
      }
    }
  };

  // What was not sent yet outlives a reload; files do not, for no page may keep them.
  const kept = () => (keep ? JSON.parse(sessionStorage.getItem(keep) ?? "[]") : []);
  const remember = (messages) => keep && sessionStorage.setItem(keep, JSON.stringify(messages));
  const forget = (id) => remember(kept().filter((message) => message.id !== id));

  const restore = (message) => {
    if (!text.value) text.value = message.text;
    grow();
    text.focus();
  };

  const send = (said = text.value) => {
    if (!said.trim() && !files.length) {
      text.focus();
      return;
    }
    const message = { id: freshId(), text: said, replyTo: replyTo.value, files };
    remember([...kept(), { id: message.id, text: said, replyTo: message.replyTo }]);
    message.told = sending(message);
    if (said === text.value) text.value = "";
    files = [];
    about("", "");
    list();
    grow();
    queue = queue.then(() => deliver(message));
  };

  const about = (line, name) => {
    replyTo.value = line || alwaysTo;
    form.querySelector("#about").hidden = !line;
    form.querySelector("#about-words").textContent = line ? words.about.replace("{ticket}", name) : "";
    if (line) text.focus();
  };

  form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
  text.addEventListener("input", grow);
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    send();
  });
  text.addEventListener("paste", (event) => event.clipboardData.files.length && choose(event.clipboardData.files));
  input.addEventListener("change", () => { choose(input.files); input.value = ""; text.focus(); });
  form.querySelector("#about-drop").addEventListener("click", () => about("", ""));
  for (const message of kept()) queue = queue.then(() => deliver({ ...message, files: [] }));
  return { send, about, restore };
}
