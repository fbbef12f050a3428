// The pages beyond the chat: lists and tickets that stay fresh, filters that apply themselves.

import { actOnForms, base, countClocks, Stream, toast, words } from "./shared.js";
import { composer } from "./composer.js";

let version = document.body.dataset.version ?? "";
let refreshing = null;
let again = false;
let passedOver = false; // a part was left alone because one of its buttons was still at work

// Fetches the page once more and swaps what may have changed, leaving the focus and what is open alone.
async function refresh() {
  if (refreshing) {
    again = true;
    return refreshing;
  }
  refreshing = swap();
  try {
    await refreshing;
  } finally {
    refreshing = null;
  }
  if (again) {
    again = false;
    await refresh();
  }
}

async function swap() {
  let response;
  try {
    response = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
  } catch {
    return;
  }
  if (!response.ok) {
    if (response.status === 401 || response.status === 404) location.reload();
    return;
  }
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  version = fresh.body.dataset.version ?? version;
  for (const region of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(region.id);
    if (!next || comparable(region) === comparable(next)) continue;
    if (region.querySelector("[data-busy]")) {
      passedOver = true;
      continue;
    }
    const focused = region.contains(document.activeElement) ? trail(document.activeElement) : null;
    const unfolded = region.querySelector(".menu")?.open;
    region.replaceChildren(...next.childNodes);
    if (unfolded) region.querySelector(".menu")?.setAttribute("open", "");
    if (focused) (find(region, focused) ?? document.getElementById("main")).focus({ preventScroll: true });
  }
}

function comparable(region) {
  const copy = region.cloneNode(true);
  for (const menu of copy.querySelectorAll(".menu")) menu.removeAttribute("open");
  for (const input of copy.querySelectorAll("input[type=hidden]")) input.remove();
  for (const clock of copy.querySelectorAll("[data-due]")) clock.textContent = "";
  for (const clock of copy.querySelectorAll(".late")) clock.classList.remove("late");
  return copy.innerHTML.replace(/\s+/g, " ").replaceAll(' class=""', "");
}

function trail(focused) {
  const { localName: tag, value } = focused;
  return { tag, href: focused.getAttribute("href"), value, label: focused.getAttribute("aria-label") };
}

function find(region, { tag, href, value, label }) {
  return [...region.querySelectorAll(tag)].find((one) =>
    href ? one.getAttribute("href") === href : one.value === value && one.getAttribute("aria-label") === label);
}

// A menu closes like one, by a choice, by a click beside it and by Escape, and stays inside the window.
function menus() {
  const close = (event) => {
    for (const menu of document.querySelectorAll(".menu[open]")) {
      if (event.type === "keydown" ? event.key === "Escape" : !menu.contains(event.target) || event.target.closest(".menu-panel button")) {
        menu.removeAttribute("open");
        if (event.type === "keydown" && menu.contains(document.activeElement)) menu.querySelector("summary").focus();
      }
    }
  };
  const place = () => {
    for (const menu of document.querySelectorAll(".menu[open]")) {
      menu.classList.remove("at-the-edge");
      const reaches = menu.querySelector(".menu-panel").getBoundingClientRect().right;
      menu.classList.toggle("at-the-edge", reaches > document.documentElement.clientWidth - 8);
    }
  };
  document.addEventListener("toggle", place, { capture: true }); // a toggle does not bubble
  window.addEventListener("resize", place);
  document.addEventListener("click", close);
  document.addEventListener("keydown", close);
}

function filters() {
  const form = document.querySelector("form[data-filters]");
  if (!form) return;
  form.classList.add("live");
  let timer = 0;
  const apply = () => {
    const wanted = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    history.replaceState(null, "", `${form.getAttribute("action")}${wanted.size ? `?${wanted}` : ""}`);
    refresh();
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(apply, 250);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    apply();
  });
}

// A message that cannot leave yet says so, for its words are no longer in the box.
function waits() {
  let waiting = null;
  return {
    retry: () => { waiting ??= toast(words.retry, { stays: true }); },
    answered: () => waiting?.remove(),
  };
}

actOnForms();
countClocks();
menus();
filters();
composer({ sending: waits, keep: `unsent${location.pathname}`, accepted: () => { toast(words.saved); refresh(); } });
document.addEventListener("acted", refresh);
document.addEventListener("settled", () => {
  if (!passedOver) return;
  passedOver = false;
  refresh();
});
new Stream(() => `${base}/changes?version=${encodeURIComponent(version)}`, { changed: refresh });
