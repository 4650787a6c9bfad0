// What the pages add to links and forms when script runs. Everything here also works without it, more slowly.
// Parts: language and numbers, menus, dialogs, search, typed count, selection, keys, toasts, the bell, errors, passkeys.

const root = document.documentElement;
const number = new Intl.NumberFormat(root.lang);
const fill = (text, ...values) => text.replace(/\{(\d)\}/g, (_, i) => values[i]);
const closest = (event, selector) => event.target instanceof Element ? event.target.closest(selector) : null;

root.classList.remove("no-script");

/* Menus: details.menu > summary + .menu-list */
const openMenus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", event => {
  const chosen = closest(event, ".menu-list :is(a, button)");
  if (chosen?.name === "do") return;      // it changes the form it stands in, which comes anew; taking the focus from it would make htmx forget which button it was
  if (chosen) chosen.closest("details.menu").querySelector("summary").focus();       // what is chosen vanishes: a dialog gives the focus back to its menu
  for (const menu of openMenus()) if (chosen || !menu.contains(event.target)) menu.open = false;
});

function menuKey(event) {
  const menu = closest(event, "details.menu");
  if (!menu) return false;
  if (event.key === "Escape" && menu.open) {
    menu.open = false;
    menu.querySelector("summary").focus();
    return true;
  }
  const items = [...menu.querySelectorAll(".menu-list :is(a[href], button:not(:disabled), input)")].filter(item => !item.closest("[hidden]"));
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: (at < 0 ? 0 : at) - 1, Home: 0, End: -1 }[event.key];
  if (to === undefined || event.target.matches("input:not([type=checkbox]), select") || ((event.key === "Home" || event.key === "End") && !menu.open)) return false;
  menu.open = true;
  items.at(to === items.length ? 0 : to)?.focus();
  return true;
}

// Who walks out of a menu has done with it.
document.addEventListener("focusout", event => {
  const menu = closest(event, "details.menu[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

/* Dialogs: a link with hx-target="#dialog" brings a page whose <dialog> opens here. */
let opener = null;

function showDialogs() {
  for (const dialog of document.querySelectorAll("#dialog dialog:not([open])")) {
    opener ??= document.activeElement.closest("details.menu")?.querySelector("summary") ?? document.activeElement;
    dialog.showModal();
    focusFirst(dialog);
    dialog.addEventListener("close", () => {
      dialog.remove();
      opener?.isConnected && opener.focus();
      opener = null;
    }, { once: true });
  }
}

function focusFirst(dialog) {
  // On a touch screen a focused field would bring the keyboard up over the receipt.
  const wanted = matchMedia("(pointer: coarse)").matches ? null
    : dialog.querySelector("[aria-invalid='true'], [data-typed-count], [autofocus]")
      ?? dialog.querySelector(".body :is(input:not([type=hidden]), select, textarea)");
  (wanted ?? dialog.querySelector("h2"))?.focus();
}

document.addEventListener("click", event => {
  const closer = closest(event, "dialog [data-close]");
  if (closer) { event.preventDefault(); closer.closest("dialog").close(); }
  if (event.target instanceof HTMLDialogElement && event.target.open && outside(event)) event.target.close();
});

document.addEventListener("click", event => {
  const button = closest(event, "[data-opens]");
  if (button) document.getElementById(button.dataset.opens).showModal();
});

const outside = event => {
  const box = event.target.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
};

/* Search in everything: the field keeps the focus, the arrows walk through what was found, Enter opens it. */
const search = document.querySelector("#search");
const searchField = search?.querySelector("[role=combobox]");
const options = () => [...search.querySelectorAll("[role=option]")];
const chosen = () => search.querySelector("[role=option][aria-selected=true]");
let openWhenFound = false, walkedTo = null;      // a late answer leaves the choice where the arrows took it

function openSearch() {
  if (!search || document.querySelector("dialog[open]")) return;
  search.showModal();
  searchField.focus();
  searchField.select();
  searchField.form.dispatchEvent(new Event("search-opened"));
}

function choose(option) {
  for (const one of options()) one.setAttribute("aria-selected", String(one === option));
  searchField.setAttribute("aria-expanded", String(Boolean(option)));
  searchField.setAttribute("aria-controls", option ? "found-options" : "found");
  if (option) searchField.setAttribute("aria-activedescendant", option.id);
  else searchField.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

const foundForField = () => search.querySelector("#found").dataset.asked === searchField.value;

function showFound() {
  choose(options().find(option => option.href === walkedTo) ?? options()[0]);
  if (openWhenFound && foundForField()) { openWhenFound = false; chosen()?.click(); }
}

searchField?.addEventListener("keydown", event => {
  const all = options(), at = all.indexOf(chosen());
  const to = { ArrowDown: (at + 1) % all.length, ArrowUp: (at || all.length) - 1 }[event.key];
  if (to !== undefined) { event.preventDefault(); choose(all[to]); walkedTo = all[to]?.href; }
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  if (foundForField()) chosen()?.click();
  else openWhenFound = true;                  // typed faster than the answer: it is opened once it is here
});
searchField?.addEventListener("input", () => { openWhenFound = false; walkedTo = null; });
search?.addEventListener("close", () => { openWhenFound = false; walkedTo = null; });

document.addEventListener("click", event => {
  const opener = closest(event, "[data-search]");
  if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openSearch();
});
for (const opener of document.querySelectorAll("[data-search]")) opener.setAttribute("aria-haspopup", "dialog");
if (/^Mac|^iP/.test(navigator.platform)) for (const mod of document.querySelectorAll("[data-mod]")) mod.textContent = "⌘";

/* Typed count: 12345, 12,345, 12.345 and 12 345 are the same number; the server checks again. */
export const readCount = text => {
  const tidy = text.trim().replace(/[\u00a0\u202f]/g, " ");
  return /^\d+$/.test(tidy) || /^\d{1,3}(?:([., ])\d{3})(?:\1\d{3})*$/.test(tidy) ? Number(tidy.replace(/\D/g, "")) : NaN;
};

function checkCount(field) {
  const matches = readCount(field.value) === Number(field.dataset.typedCount);
  const status = field.form?.querySelector("[data-count-status]");
  field.classList.toggle("is-match", matches);
  if (status) status.hidden = !matches;
  for (const button of field.form?.querySelectorAll("[data-needs-count]") ?? []) button.disabled = !matches;
}

document.addEventListener("input", event => {
  if (event.target.matches("[data-typed-count]")) checkCount(event.target);
});

/* Selection: form.has-bulk around a table with tick boxes; the bulk bar says how many. */
let lastTick = null;

function showSelection(form) {
  const ticks = [...form.querySelectorAll("tbody .tick input")];
  const count = ticks.filter(tick => tick.checked).length;
  const all = form.querySelector("thead .tick input");
  if (all) { all.checked = count > 0 && count === ticks.length; all.indeterminate = count > 0 && count < ticks.length; }
  const line = form.querySelector("[data-selected]");
  if (line && !form.querySelector("input[name=all][value='1']"))
    line.textContent = fill(count === 1 ? line.dataset.one : line.dataset.many, number.format(count));
  const bar = form.querySelector(".bulkbar");
  if (bar) form.style.setProperty("--bulk-height", `${bar.offsetHeight}px`);
}

document.addEventListener("change", event => {
  const form = closest(event, ".has-bulk"), tick = closest(event, ".tick input");
  if (!form || !tick) return;
  if (tick.closest("thead")) for (const one of form.querySelectorAll("tbody .tick input")) one.checked = tick.checked;
  if (allChosen(form)) leaveAll(form);
  showSelection(form);
});

document.addEventListener("click", event => {
  const tick = closest(event, "tbody .tick input");
  if (tick && event.shiftKey && lastTick?.isConnected && lastTick !== tick) tickRange(lastTick, tick);
  if (tick) lastTick = tick;
  const clear = closest(event, "[data-clear]");
  if (clear) { event.preventDefault(); clearSelection(clear.closest(".has-bulk")); }
});

function tickRange(from, to) {
  const form = to.closest(".has-bulk"), ticks = [...form.querySelectorAll("tbody .tick input")];
  const [a, b] = [ticks.indexOf(from), ticks.indexOf(to)].sort((x, y) => x - y);
  for (const tick of ticks.slice(a, b + 1)) tick.checked = to.checked;
  showSelection(form);
}

const allChosen = form => form.querySelector("input[name=all][value='1']");

// “All 12,345” ends the moment one box is cleared: what stays ticked is what is on the page.
function leaveAll(form) {
  allChosen(form).remove();
  form.querySelector("[data-all-link]")?.setAttribute("hidden", "");
  const url = new URL(location.href);
  url.searchParams.delete("all");
  history.replaceState(null, "", url);
}

function clearSelection(form) {
  if (allChosen(form)) leaveAll(form);
  for (const tick of form.querySelectorAll(".tick input")) { tick.checked = false; tick.indeterminate = false; }
  showSelection(form);
}

/* Keys: DESIGN's map. Single ones are off while typing, with a modifier, or when switched off in this browser; arrows, space,
   Enter and Ctrl a work inside a table only, and always. */
let chord = false;

const typing = event => closest(event, "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
const rows = () => [...document.querySelectorAll(".dt tbody tr")];

function moveRow(step) {
  const all = rows();
  const at = all.findIndex(row => row.contains(document.activeElement));
  const to = all[Math.min(Math.max(at + step, 0), all.length - 1)]?.querySelector(".tick input, a, button");
  to?.focus();
  to?.closest("tr").scrollIntoView({ block: "nearest" });
}

const row = () => document.activeElement?.closest(".dt tbody tr");
const rowLink = () => row()?.querySelector("a.name");

function tickRow(range) {
  const tick = row()?.querySelector(".tick input");
  if (!tick) return;
  const from = lastTick;
  tick.click();
  if (range && from?.isConnected && from !== tick) tickRange(from, tick);
}

// The page first; when it is ticked already, all that the view shows.
function tickPage(form) {
  const all = form.querySelector("thead .tick input");
  if (all.checked && !all.indeterminate) form.querySelector("#select-all:not([hidden])")?.click();
  else all.click();
}

const tableKeys = {
  ArrowDown: () => moveRow(1),
  ArrowUp: () => moveRow(-1),
  " ": () => tickRow(false),
  Enter: () => rowLink()?.click(),
};

function tableKey(event) {
  const here = row();
  if (!here || typing(event) || event.altKey) return false;
  if (event.ctrlKey || event.metaKey) {
    if (event.key !== "a" || !here.querySelector(".tick input")) return false;
    tickPage(here.closest(".has-bulk"));
    return true;
  }
  const tick = event.target.matches("input[type=checkbox]");
  if (event.key === "Enter" && !tick) return false;                                      // a link opens itself
  if (event.key === " " && (tick || event.target.matches("button, summary") || !here.querySelector(".tick input"))) return false;
  if (!tableKeys[event.key] || event.shiftKey) return false;
  tableKeys[event.key]();
  return true;
}

const keys = {
  "/": () => { const field = document.querySelector("main input[type=search]"); field ? field.focus() : openSearch(); },
  j: () => moveRow(1),
  k: () => moveRow(-1),
  x: () => tickRow(false),
  X: () => tickRow(true),
  f: () => document.querySelector("main .chip-add")?.click(),
  "?": () => document.querySelector("#keys")?.showModal(),
};

/* The filter builder: Ctrl z and Ctrl Shift z (or y) where nothing is being written, Ctrl Enter, Ctrl Shift with an arrow. */
const writes = event => { const field = closest(event, "input:not([type=checkbox]):not([type=radio]), textarea"); return field && field.value !== field.defaultValue; };

// Enter counts anew, once, and keeps the field: what follows a text at once is another text, not the end of this one.
function enterKey(event) {
  const field = closest(event, "#builder input");
  if (!field || event.key !== "Enter" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false;
  if (field.name.endsWith(".add") && field.value.trim()) field.value += "; ";
  field.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

function builderKey(event) {
  if (enterKey(event)) return true;
  const builder = document.querySelector("#builder"), line = closest(event, ".frow"), key = event.key.toLowerCase();
  if (!builder || event.altKey || !(event.ctrlKey || event.metaKey) || document.querySelector("dialog[open]")) return false;
  const button = (key === "z" || key === "y") && !writes(event) ? builder.querySelector(key === "y" || event.shiftKey ? "#redo" : "#undo")
    : key === "enter" ? closest(event, ".fgroup")?.querySelector("[value^='and:']")
    : event.shiftKey && key === "arrowup" ? line?.querySelector("[value^='up:']")
    : event.shiftKey && key === "arrowdown" ? line?.querySelector("[value^='down:']") : null;
  button?.click();
  return Boolean(button);
}

document.addEventListener("keydown", event => {
  if (builderKey(event) || menuKey(event)) return event.preventDefault();
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") { event.preventDefault(); openSearch(); }
  if (document.querySelector("dialog[open]")) return;
  if (tableKey(event)) return event.preventDefault();
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event)) return;
  const form = document.querySelector(".has-bulk");
  if (event.key === "Escape" && form?.querySelector("tbody .tick :checked")) clearSelection(form);
  if (root.dataset.keys === "off") return;
  const place = chord && document.querySelector(`#keys [data-go="${CSS.escape(event.key)}"]`);
  if (place) { location.href = place.href; return; }
  chord = event.key === "g";
  if (chord) setTimeout(() => { chord = false; }, 1200);
  if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
});

/* Toasts: they go after some seconds, but never while the pointer or the focus is on them. */
function toast(note) {
  const place = document.querySelector("#toasts");
  if (!place) return;
  place.append(note);
  if (note.dataset.toast === "stays") return;
  let left;
  const wait = () => { clearTimeout(left); left = setTimeout(() => note.remove(), 8000); };
  const hold = () => clearTimeout(left);
  note.addEventListener("pointerenter", hold);
  note.addEventListener("focusin", hold);
  note.addEventListener("pointerleave", wait);
  note.addEventListener("focusout", wait);
  wait();
}

document.addEventListener("click", event => closest(event, "[data-close-toast]")?.closest("[data-toast]").remove());

/* The bell asks again while someone looks, but not while its menu is in use. What ended since is told once, whatever the tab. */
const bell = () => document.querySelector("#bell");

function askBell() {
  const here = bell();
  if (here && document.visibilityState === "visible" && !here.open && !here.contains(document.activeElement)) document.body.dispatchEvent(new Event("bell-due"));
}

function tellNews() {
  const told = Number(localStorage.getItem("winnow-told") ?? 0);
  const news = [...document.querySelectorAll("#bell [data-news]")].filter(one => Number(one.dataset.news) > told).sort((a, b) => a.dataset.news - b.dataset.news);
  if (location.pathname !== "/notifications") for (const one of news) toast(one.firstElementChild);      // there they stand on the page
  if (news.length) localStorage.setItem("winnow-told", news.at(-1).dataset.news);
}

// What a page says of the deed that led to it. The address forgets it, so that a reload does not say it again.
function tellDeed() {
  const notes = document.querySelectorAll("main [data-toast]:not(#toasts *)");
  for (const note of notes) { const place = note.parentElement; toast(note); if (place.matches(".gap-top:empty, .gap-top:not(:has(*))")) place.remove(); }
  const url = new URL(location.href);
  if (notes.length && url.searchParams.has("saved")) { url.searchParams.delete("saved"); history.replaceState(history.state, "", url); }
}

setInterval(askBell, 15_000);
document.addEventListener("visibilitychange", askBell);

// It asks by itself: when the server cannot be reached or the session has ended, the next click says so; what is being written is left alone.
const fromBell = event => event.target.id === "bell";
document.addEventListener("htmx:beforeOnLoad", event => { if (fromBell(event) && event.detail.xhr.getResponseHeader("HX-Redirect")) event.preventDefault(); });

/* What came in by htmx, and what went wrong */
function wake(scope) {
  showDialogs();
  for (const field of scope.querySelectorAll("[data-typed-count]")) checkCount(field);
  for (const form of scope.querySelectorAll(".has-bulk")) showSelection(form);
  if (scope instanceof Element && scope.matches(".has-bulk")) showSelection(scope);
  if (scope !== document) tell(document.querySelector("#look")?.dataset.says);
}

// For screen readers: what changed in a part that was swapped.
function tell(text) {
  const place = document.querySelector("#told");
  if (place && text && place.textContent !== text) place.textContent = text;
}

function say(text) {
  const place = document.querySelector("#alert");
  if (!place || !text) return;
  place.querySelector("b").textContent = text;
  place.hidden = false;
  place.focus();
}

// An answer that arrives while somebody writes in the filters is too old for them: the change that follows asks again.
document.addEventListener("input", event => { const part = closest(event, "#builder"); if (part) part.written = performance.now(); });
document.addEventListener("htmx:beforeRequest", event => { event.target.asked = performance.now(); });
document.addEventListener("htmx:beforeSwap", event => { if (event.detail.target.id === "builder" && (event.detail.target.written > event.target.asked || pressing)) { event.detail.shouldSwap = false; missed ||= pressing; } });

// Nor may it take away the button that the pointer is on: leaving a field asks for an answer, and pressing a button is how most leave it.
let pressing = false, missed = false;
document.addEventListener("pointerdown", () => { pressing = true; missed = false; });
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => setTimeout(() => {
  if (missed && !document.querySelector("#list-form.htmx-request")) document.querySelector("#builder")?.dispatchEvent(new Event("change", { bubbles: true }));
  pressing = missed = false;
}));

document.addEventListener("htmx:afterSwap", event => event.detail.target.id === "found" ? showFound() : event.detail.target.id === "bell" ? tellNews() : wake(event.detail.target));
document.addEventListener("htmx:sendError", event => { if (!fromBell(event)) say(document.querySelector("#alert")?.dataset.offline); });
document.addEventListener("htmx:responseError", event => {
  if (fromBell(event)) return;
  const place = document.querySelector("#alert");
  if (event.detail.xhr.status >= 500) say(place?.dataset.failed);
  else if (event.detail.xhr.status === 403) say(place?.dataset.refused);
});
document.addEventListener("change", event => {
  if (event.target.matches("[data-submit]")) event.target.form?.requestSubmit();
});

/* Tokens of an e-mail: the chosen one goes where the cursor was */
let written = null;
document.addEventListener("focusin", event => { if (event.target.matches("[data-takes-tokens]")) written = event.target; });
document.addEventListener("click", event => {
  const button = event.target.closest?.("[data-insert-token]");
  if (!button) return;
  const field = written?.isConnected ? written : document.querySelector("textarea[data-takes-tokens]");
  field.focus();
  field.setRangeText(document.querySelector(button.dataset.insertToken).value, field.selectionStart, field.selectionEnd, "end");
});

/* Texts to copy: the button says that it was done */
document.addEventListener("click", async event => {
  const button = closest(event, "[data-copy]");
  if (!button) return;
  const word = button.querySelector("span");
  const show = text => word ? word.textContent = text : button.setAttribute("aria-label", text);
  const says = button.dataset.says ??= word?.textContent ?? button.getAttribute("aria-label");
  try { await navigator.clipboard.writeText(button.dataset.copy); }
  catch { if (!copyByHand(button.dataset.copy, button)) { if (!word) getSelection().selectAllChildren(button.previousElementSibling); return; } }      // else it is selected
  show(button.dataset.done);
  tell(button.dataset.done);
  button.classList.add("is-done");
  setTimeout(() => { show(says); button.classList.remove("is-done"); }, 2000);
});

// Over plain HTTP there is no navigator.clipboard: the old way, from a field.
function copyByHand(text, button) {
  const field = document.createElement("textarea");
  field.value = text;
  button.after(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  button.focus();
  return done;
}

/* The first run: the browser knows its time zone */
const zone = document.querySelector("select[data-own-zone]");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && [...zone.options].some(option => option.value === own)) zone.value = own;

wake(document);
tellDeed();
tellNews();

/* Passkeys: form[data-passkey] asks the server for options, then the browser for a credential, and sends it in a hidden field. */
document.addEventListener("submit", async event => {
  const form = event.target;
  if (!form.dataset.passkey) return;
  event.preventDefault();
  const refused = form.querySelector("[data-passkey-refused]");
  refused.hidden = true;
  try {
    const answer = await fetch(form.dataset.options, { method: "POST", body: new FormData(form) });
    if (!answer.ok) throw new Error(answer.statusText);
    const options = await answer.json();
    const credential = form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    form.elements.Credential.value = JSON.stringify(credential);
    form.submit();
  } catch {
    refused.hidden = false;
  }
});
