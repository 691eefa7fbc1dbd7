// Keeps what is typed in a section as a draft, every few seconds and on leaving the page. Without
// script there is Save, and no draft. The page says when a draft was kept, and when it was not.
// Loaded after the editor, whose text it sends along: <form data-keeps-at="…" data-person="…">
import { takeNewToken } from "./token.js";

const IDLE = 3_000; // after the last key
const MOST = 10_000; // while somebody goes on typing
const QUIET = 5 * 60_000; // between two times that a screen reader is told of a kept draft
const WAITS = [5_000, 10_000, 20_000, 40_000, 60_000]; // before trying again
const AT_ONCE = 5_000; // over which those whose round closes ask what became of it
const LONGEST = 2 ** 31 - 1; // that a browser waits
const MOMENT = 60_000; // in which what was sent on leaving has come in
const MOST_ON_LEAVING = 60_000; // bytes that a browser still sends while it leaves a page

const AGAIN = "Your words stay in this tab, and it goes on trying.";
const WHY = {
  401: "You are signed out.",
  403: "Somebody else has signed in in this browser, or it refuses our cookies.",
  404: "You can no longer write this section. Copy your words before you leave.",
  410: "This section is no longer yours to write. Copy your words before you leave.",
  413: "It is too long to be kept.",
};

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").slice(0, 22);
}

// What could not be sent stays in this tab, survives a reload, and goes when the tab is closed.
// Nobody else who signs in in the tab is given it.
class Copy {
  constructor(form) {
    this.name = `draft of ${form.dataset.keepsAt}`;
    this.person = form.dataset.person;
  }

  read() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.name));
      return kept?.person === this.person && !(kept.until < Date.now()) ? kept : null;
    } catch {
      return null;
    }
  }

  write(page, body, until) {
    try {
      sessionStorage.setItem(this.name, JSON.stringify({ person: this.person, page, body, until }));
    } catch {
      // A browser that keeps nothing, or is full: the words are still on the page.
    }
  }

  forget() {
    try {
      sessionStorage.removeItem(this.name);
    } catch {
      // There was nothing.
    }
  }
}

function startKeeping(form) {
  const box = (name) => form.elements.namedItem(name);
  if (!box("page")?.value) return;
  const copy = new Copy(form);
  const note = element("p", { class: "draft-note" });
  const spoken = element("p", { class: "govuk-visually-hidden", role: "status" });
  const buttons = form.querySelector(".govuk-button-group");
  buttons.before(note, spoken);

  let kept = form.dataset.unsaved === undefined ? typed() : null;
  let isSending = false;
  let isLeaving = false; // by Save, which sends the words itself
  let hasFailed = false;
  let spokenAt = -QUIET;
  let since = null; // when the first key was pressed that is not kept
  let attempts = 0;
  let isTokenNew = false;
  let timer = null;

  // What is in the boxes, without what the page says of itself.
  function boxesOf(sent) {
    const found = new URLSearchParams(sent);
    for (const name of ["csrfmiddlewaretoken", "page", "continues", "person"]) found.delete(name);
    return found.toString();
  }

  function typed() {
    return boxesOf(new FormData(form));
  }

  function body() {
    const sent = new URLSearchParams(new FormData(form));
    sent.set("person", form.dataset.person);
    return sent.toString();
  }

  function say(words, { failed = false, link = null, silent = false } = {}) {
    note.classList.toggle("draft-note--failed", failed);
    note.replaceChildren(words, ...(link ? [" ", link] : []));
    if (!silent) spoken.textContent = words;
  }

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(send, wait);
  }

  function changed() {
    isLeaving = false; // Save was called off, or is slow.
    since ??= Date.now();
    // While the server is away the next attempt has its time.
    if (!attempts) later(Math.max(0, Math.min(IDLE, since + MOST - Date.now())));
  }

  async function send() {
    clearTimeout(timer);
    const now = typed();
    if (isSending || isLeaving || now === kept) return;
    isSending = true;
    since = null;
    let response = null;
    try {
      response = await post(body());
    } catch {
      // The network is away; as with a server that is away, it is tried again.
    }
    isSending = false;
    if (isLeaving) return;
    if (response?.ok) await succeeded(response, now);
    else await failed(response);
  }

  function post(sent, more = {}) {
    return fetch(form.dataset.keepsAt, {
      ...more,
      method: "POST",
      body: new URLSearchParams(sent),
      headers: { Accept: "application/json" },
    });
  }

  async function succeeded(response, now) {
    const { kept_at: at, not_sent: why } = await response.json();
    kept = now;
    attempts = 0;
    isTokenNew = false;
    copy.forget();
    const silent = !hasFailed && performance.now() - spokenAt < QUIET;
    if (why) sayNotSent(why, at);
    else if (at) say(`Draft kept at ${at}`, { silent });
    else say("", { silent });
    if (at && !silent) spokenAt = performance.now();
    hasFailed = false;
    if (typed() !== kept) changed();
  }

  // It cannot be saved any more: the round has closed, or the answer was accepted.
  function sayNotSent(why, at) {
    const words = at ? ` What you typed is kept as a draft (${at}), but not sent.` : "";
    say(why + words, { failed: true, silent: note.textContent.startsWith(why) });
  }

  // The closing moment says what became of this page, whether or not anything is typed then.
  function askWhenClosed() {
    if (isSending) return setTimeout(askWhenClosed, 1_000);
    kept = null;
    return send();
  }

  async function failed(response) {
    const status = response?.status;
    copy.write(box("page").value, body());
    if (status === 403 && !isTokenNew && (await takeNewToken())) {
      isTokenNew = true;
      return later(0);
    }
    if (status !== 403) isTokenNew = false;
    const wait = WAITS[Math.min(attempts, WAITS.length - 1)];
    attempts += 1;
    const first = !hasFailed;
    hasFailed = true;
    if (status === 401) {
      const link = element("a", { class: "govuk-link", href: "/accounts/login/", target: "_blank", rel: "noopener" }, "Sign in (opens in a new tab)");
      say(`Not kept. ${await why(response)} Keep this page open, sign in again, and come back to it.`, { failed: true, link, silent: !first });
      return later(wait);
    }
    if ([403, 404, 409, 410, 413].includes(status)) {
      say(`Not kept. ${await why(response)}`, { failed: true, silent: !first });
      attempts = 0; // What is typed next is tried again.
      return undefined;
    }
    say(`Not kept. The portal cannot be reached. ${AGAIN}`, { failed: true, silent: !first });
    const asked = Number(response?.headers.get("Retry-After")) * 1000;
    return later(Math.max(wait, asked || 0));
  }

  async function why(response) {
    try {
      return (await response.json()).why;
    } catch {
      return WHY[response.status] ?? "This section cannot be changed now.";
    }
  }

  function leave() {
    if (isLeaving || typed() === kept) return;
    const sent = body();
    if (hasFailed || isSending || sent.length > MOST_ON_LEAVING) return putBack();
    kept = typed();
    // The next page may be asked for before this has come in: for a moment the tab has it too.
    copy.write(box("page").value, sent, Date.now() + MOMENT);
    post(sent, { keepalive: true })
      .then((response) => (response.ok ? copy.forget() : putBack()))
      .catch(putBack);

    function putBack() {
      kept = null;
      copy.write(box("page").value, sent);
    }
  }

  // What was left in this tab goes to the portal, and the page, opened anew, has it.
  async function giveBack() {
    const left = copy.read();
    if (!left || form.dataset.opened === undefined) return;
    if (left.page === box("page").value || boxesOf(left.body) === typed()) return copy.forget();
    const sent = new URLSearchParams(left.body);
    sent.set("csrfmiddlewaretoken", box("csrfmiddlewaretoken").value);
    try {
      const response = await post(sent);
      if (response.status >= 500 || response.status === 401) return;
      copy.forget();
      if (response.ok && (await response.json()).kept_at) location.reload();
    } catch {
      // Another time.
    }
  }

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", () => {
    if (typed() !== kept) copy.write(box("page").value, body());
    isLeaving = true;
    clearTimeout(timer);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") leave();
    else if (hasFailed) send();
  });
  window.addEventListener("pagehide", leave);
  for (const event of ["focus", "online"]) window.addEventListener(event, () => hasFailed && send());
  window.addEventListener("pageshow", ({ persisted }) => {
    // After the back button this is a page of its own: what it was before may have been saved.
    if (!persisted) return;
    box("continues").value = "";
    box("page").value = newKey();
    isLeaving = false;
    kept = typed();
  });
  const closes = Number(form.dataset.closesIn) * 1000 + Math.random() * AT_ONCE;
  if (closes < LONGEST) setTimeout(askWhenClosed, closes);
  giveBack();
  if (kept === null) changed();
}

for (const form of document.querySelectorAll("form[data-keeps-at]")) startKeeping(form);
