// Makes the pages live. Without it every form still works; nothing here is needed to take part.
"use strict";

const live = document.getElementById("live");
const banner = document.getElementById("banner");
const say = live.dataset;
const fields = ["csrf", "nonce", "seen", "chat", "line"];
let stamp = say.stamp;
let source = null;
// What the keyboard pressed on a card goes on in the own chat, with the next line there.
let goesOn = false;

const wait = (ms) => new Promise((done) => {
  const timer = setTimeout(done, ms);
  addEventListener("online", () => { clearTimeout(timer); done(); }, { once: true });
});

function newNonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// sessionStorage, not localStorage: devices are shared, and a draft should end with its tab.
function remember(name, value) {
  try {
    if (value) sessionStorage.setItem(name, value); else sessionStorage.removeItem(name);
  } catch { /* Storage is switched off: the draft lives in the box alone. */ }
}

function recall(name) {
  try { return sessionStorage.getItem(name) || ""; } catch { return ""; }
}

function forget() {
  try { sessionStorage.clear(); } catch { /* Nothing was stored. */ }
}

function show(words) {
  banner.textContent = words;
  banner.hidden = !words;
}

function toast(words) {
  const place = document.getElementById("word");
  place.textContent = "";
  if (!words) return;
  // Emptied first, so that the same sentence twice is read out twice.
  requestAnimationFrame(() => { place.textContent = words; });
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { place.textContent = ""; }, 12000);
}

// --- sending ------------------------------------------------------------------------------------

function contentOf(form, button) {
  const content = {};
  for (const name of fields) if (form.elements[name]) content[name] = form.elements[name].value;
  const chooser = form.querySelector("input[type=file]");
  if (chooser) { content.text = ""; content[chooser.name] = chooser.files[0]; }
  else if (button && button.name === "data") content.data = button.value;
  else if (button && button.name === "text") content.text = button.value;
  else content.text = form.elements.text ? form.elements.text.value : "";
  content.seen = String(newestSeen(content.chat));
  return content;
}

function newestSeen(chat) {
  const shown = [...document.querySelectorAll(`.log[data-chat="${chat}"] .line`)];
  return Math.max(0, ...shown.map((line) => Number(line.dataset.id)));
}

// The same id until the server has confirmed: what arrived twice counts once.
function nonceFor(content) {
  const key = `sent:${location.pathname}`;
  const file = fileOf(content);
  const what = JSON.stringify([content.chat, content.line, content.data, content.text,
    file && [file.name, file.size, file.lastModified]]);
  const last = recall(key);
  if (last && last.slice(33) === what) return last.slice(0, 32);
  const nonce = newNonce();
  remember(key, `${nonce} ${what}`);
  return nonce;
}

function fileOf(content) {
  return Object.values(content).find((value) => value instanceof File);
}

// The file last: what comes before it says whether it is taken.
function withFile(content) {
  const form = new FormData();
  for (const last of [false, true]) {
    for (const [name, value] of Object.entries(content)) if (value instanceof File === last) form.append(name, value);
  }
  return { headers: { Accept: "application/json" }, body: form };
}

function withWords(content) {
  return {
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(content),
  };
}

async function deliver(action, content) {
  for (let pause = 1000, renewed = false; ; pause = Math.min(pause * 2, 15000)) {
    try {
      const answer = await fetch(action, {
        method: "POST",
        credentials: "same-origin",
        ...(fileOf(content) ? withFile(content) : withWords(content)),
      });
      const said = await answer.json();
      if (answer.status === 403 && said.csrf && !renewed) {
        renewed = true;
        content.csrf = said.csrf;
        renew(said.csrf);
        continue;
      }
      if (answer.status !== 502 && answer.status !== 504) return { ok: answer.ok, ...said };
    } catch { /* The connection dropped: the same again, under the same id. */ }
    show(navigator.onLine ? say.retrying : say.offline);
    await wait(pause);
  }
}

async function send(event) {
  const form = event.target;
  if (!form.closest(".composer, .buttons, .files, .note, .flows, .languages, .commands")) return;
  event.preventDefault();
  const content = contentOf(form, event.submitter);
  const file = fileOf(content);
  if (form.dataset.busy || (!file && !content.data && !content.text.trim())) return;
  // The second half of a double click can come after the first was confirmed.
  if (content.data && form.dataset.pressed === content.data && Date.now() - form.dataset.at < 1000) return;
  const chooser = form.querySelector("input[type=file]");
  if (file && file.size > Number(chooser.dataset.most)) return show(chooser.dataset.large);
  const byKeyboard = document.activeElement === event.submitter;
  const [onCard, before] = [form.closest(".cards"), newestSeen("own")];
  content.nonce = nonceFor(content);
  busy(form, true);
  const said = await deliver(form.getAttribute("action"), content);
  busy(form, false);
  if (!said.ok) return show(said.problem || say.retrying);
  remember(`sent:${location.pathname}`, "");
  show("");
  renew(said.csrf);
  if (file) form.reset();
  accepted(form, content, byKeyboard);
  toast(said.toast);
  if (byKeyboard && onCard) goOn(said.toast, before);
  listen();
}

function accepted(form, content, byKeyboard) {
  Object.assign(form.dataset, { pressed: content.data || "", at: Date.now() });
  const box = form.querySelector("textarea");
  if (box && box.value.trim() === content.text.trim()) {
    box.value = "";
    remember(`draft:${location.pathname}:${box.id}`, "");
    fit(box);
  }
  const note = form.closest(".note");
  if (note?.contains(document.activeElement)) note.querySelector("summary").focus({ preventScroll: true });
  if (note) note.open = false;
  document.getElementById("start")?.remove();
  document.getElementById("menu")?.removeAttribute("hidden");
  // The live line may have come before this answer, and then the keyboard is on the new card already.
  if (byKeyboard && document.activeElement === document.body) document.querySelector(".composer textarea").focus();
}

function goOn(toast, before) {
  goesOn = toast === document.querySelector(".own").dataset.look;
  const newest = document.querySelector(".log[data-chat=own] .line:last-child");
  if (goesOn && newest && Number(newest.dataset.id) > before) moveOn(newest);
}

// The first words begin a visit, and then every form is signed for that one, also the way out.
function renew(csrf) {
  if (csrf) for (const input of document.querySelectorAll("input[name=csrf]")) input.value = csrf;
}

function busy(form, on) {
  if (on) form.dataset.busy = "yes"; else delete form.dataset.busy;
  // Not "disabled": a disabled button would drop the keyboard's focus.
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", String(on));
}

// --- live lines ---------------------------------------------------------------------------------

function listen() {
  if (source && source.readyState !== EventSource.CLOSED) return;
  if (!stamp || (stamp === "0" && document.getElementById("start"))) return;
  source = new EventSource(`${say.events}?since=${encodeURIComponent(stamp)}`);
  source.addEventListener("line", (event) => {
    stamp = event.lastEventId;
    const line = JSON.parse(event.data);
    if (line.chat === "room") steadily(() => putCard(line)); else put(line);
  });
  source.addEventListener("here", (event) => {
    const here = document.getElementById("here");
    here.textContent = JSON.parse(event.data).words;
    here.hidden = !here.textContent;
  });
  source.addEventListener("piles", (event) => {
    for (const [pile, count] of Object.entries(JSON.parse(event.data))) {
      document.querySelector(`[data-pile="${pile}"]`).textContent = count;
    }
  });
  source.addEventListener("reload", () => location.reload());
  source.addEventListener("left", () => { forget(); location.reload(); });
  source.onopen = () => { if (banner.textContent === say.offline) show(""); };
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 30000);
  };
}

function made(html) {
  const holder = document.createElement("template");
  // The server made this with the same template as the page, every word escaped.
  holder.innerHTML = html.trim();
  return holder.content.firstElementChild;
}

function put({ chat, id, html }) {
  const log = document.querySelector(`.log[data-chat="${chat}"]`);
  const fresh = made(html);
  const old = document.getElementById(fresh.id);
  if (old) { replace(old, fresh); return tidy(log); }
  const lines = [...log.children];
  if (lines.length && id < Number(lines[0].dataset.id)) return;
  const stick = nearEnd();
  fresh.classList.add("new");
  const byKeyboard = goesOn || document.activeElement.matches(".buttons :focus-visible");
  log.insertBefore(fresh, lines.find((line) => Number(line.dataset.id) > id) || null);
  tidy(log);
  if (byKeyboard) moveOn(fresh);
  follow(log, fresh, stick);
}

// A room shows the newest card first, and a pile what waits the longest; what left a pile stays until somebody leaves.
function putCard({ id, html }) {
  const log = document.querySelector(".log[data-chat=room]");
  const fresh = made(html);
  const old = document.getElementById(fresh.id);
  if (old) return replace(old, fresh);
  const { show } = log.dataset;
  if (show && !(show === "waiting" && fresh.classList.contains("waits"))) return;
  const lines = [...log.children];
  const after = show ? null : lines.find((line) => Number(line.dataset.id) < id);
  if (!show && !after && document.querySelector(".cards .earlier")) return;
  fresh.classList.add("new");
  log.insertBefore(fresh, after || null);
  const link = document.getElementById("fresh-card");
  link.hidden = show || fresh !== log.firstElementChild || fresh.getBoundingClientRect().bottom > 0;
}

// Whatever comes or grows above a card, it stays under the finger that is about to press it.
function steadily(change) {
  const held = document.querySelector(".cards .line:is(:hover, :focus-within)") || (scrollY > 0 && firstInSight());
  const before = held && held.getBoundingClientRect().top;
  change();
  const now = held && document.getElementById(held.id);
  if (now) scrollBy({ top: now.getBoundingClientRect().top - before, behavior: "instant" });
}

function firstInSight() {
  return [...document.querySelectorAll(".cards .line")].find((line) => line.getBoundingClientRect().bottom > 0);
}

// A card that changes under somebody's hands keeps what they wrote, what they unfolded, and where they were.
function replace(old, fresh) {
  const [wrote, box] = [old, fresh].map((card) => card.querySelector("textarea"));
  if (wrote && box) box.value = wrote.value;
  const folds = fresh.querySelectorAll("details");
  old.querySelectorAll("details").forEach((fold, place) => { if (folds[place]) folds[place].open = fold.open; });
  const at = document.activeElement;
  const inside = old.contains(at);
  const place = controls(old).indexOf(at);
  old.replaceWith(fresh);
  if (!inside) return;
  if (at === wrote && box) {
    box.focus({ preventScroll: true });
    return box.setSelectionRange(wrote.selectionStart, wrote.selectionEnd);
  }
  const there = controls(fresh);
  const same = there.find((control) => at.value && control.value === at.value && control.innerText === at.innerText);
  (same || there[Math.min(Math.max(place, 0), there.length - 1)] || fresh.closest(".feed")).focus({ preventScroll: true });
}

function controls(card) {
  return [...card.querySelectorAll("a, audio, button, summary, textarea")].filter((one) => one.checkVisibility());
}

// Where a new question hides the buttons of the last one, or follows from a card, the keyboard goes on to its answers.
function moveOn(fresh) {
  if (!goesOn && document.activeElement.getClientRects().length) return;
  const answer = fresh.querySelector(".buttons button:not(.quiet)") || document.querySelector(".composer textarea");
  answer.focus({ preventScroll: !goesOn });
  goesOn = false;
}

// Of lines that came together, the last one tells the time for all.
function tidy(log) {
  for (const line of log.children) {
    const when = line.querySelector(".when");
    const next = line.nextElementSibling;
    const sameAuthor = next?.classList[1] === line.classList[1];
    if (when) when.hidden = sameAuthor && next.querySelector(".when").textContent === when.textContent;
  }
}

function nearEnd(grown = 0) {
  const page = document.scrollingElement;
  return page.scrollHeight - page.scrollTop - innerHeight < 240 + grown;
}

function follow(log, fresh, stick) {
  const inRoom = document.body.classList.contains("room");
  const feed = log.parentElement;
  if (getComputedStyle(feed).overflowY === "auto") feed.scrollTop = feed.scrollHeight;
  else if (!inRoom && (stick || fresh.classList.contains("you"))) scrollTo(0, document.scrollingElement.scrollHeight);
  else if (inRoom) {
    const link = document.getElementById("fresh");
    link.hidden = fresh.getBoundingClientRect().top < innerHeight;
  }
}

// --- the box ------------------------------------------------------------------------------------

function fit(box) {
  if (CSS.supports("field-sizing", "content")) return;
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 3}px`;
}

document.addEventListener("submit", send);
// A picture takes its room when it is there, and would push the newest question out of sight.
document.addEventListener("load", ({ target }) => {
  if (target.matches(".chat .log img") && nearEnd(target.height)) scrollTo(0, document.scrollingElement.scrollHeight);
}, true);
document.addEventListener("input", (event) => {
  if (!event.target.matches("textarea")) return;
  remember(`draft:${location.pathname}:${event.target.id}`, event.target.value);
  fit(event.target);
});
document.addEventListener("keydown", (event) => {
  const sends = event.key === "Enter" && !event.shiftKey && !event.isComposing;
  if (!sends || !event.target.matches(".composer textarea") || !matchMedia("(pointer: fine)").matches) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});
for (const [place, link] of [[".room .own", "fresh"], [".room .cards-top", "fresh-card"]]) {
  const watch = new IntersectionObserver(([seen]) => {
    if (seen.isIntersecting) document.getElementById(link).hidden = true;
  });
  document.querySelectorAll(place).forEach((one) => watch.observe(one));
}
addEventListener("offline", () => show(say.offline));
addEventListener("online", () => {
  show(say.back);
  setTimeout(() => { if (banner.textContent === say.back) show(""); }, 4000);
  listen();
});
// A page that comes back out of the browser's memory may belong to somebody who left.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
document.getElementById("leave")?.addEventListener("submit", () => {
  forget();
  source?.close();
  document.body.hidden = true;
});

for (const box of document.querySelectorAll("textarea")) {
  const draft = recall(`draft:${location.pathname}:${box.id}`);
  if (draft && !box.value) { box.value = draft; fit(box); }
}
document.querySelectorAll(".log").forEach(tidy);
for (const feed of document.querySelectorAll(".own .feed")) feed.scrollTop = feed.scrollHeight;
if (document.body.classList.contains("chat") && !document.getElementById("start")) {
  scrollTo(0, document.scrollingElement.scrollHeight);
}
listen();
