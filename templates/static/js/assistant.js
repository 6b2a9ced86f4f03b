// Ask, see the answer as it comes, stop it, ask again. What is stored is what the server says at the end.
// The same on the assistant's page and in the panel beside a lesson: `setUp(place)` makes either work.
import { eventsOf, kept, keep, outcome } from "./assistant-parts.js";

const WIDE = 720;
const POLLS = 20;
const EVERY = 3000;
let talk = null;

export function setUp(place, { load, close, quiet = false } = {}) {
  talk?.leave();
  talk = new Talk(place, { load, close });
  talk.begin({ quiet });
  return talk;
}

class Talk {
  #gone = new AbortController();
  #running = null;

  constructor(place, { load, close }) {
    Object.assign(this, { place, load, close });
    this.session = place.dataset.session;
    this.messages = this.find("messages");
    this.input = this.find("input");
    this.draft = `cairn.draft.${place.dataset.course}.${this.session}`;
    this.unsent = `cairn.unsent.${place.dataset.course}`;
  }

  begin({ quiet }) {
    const { signal } = this.#gone;
    const on = (target, name, act) => target?.addEventListener(name, act, { signal });
    on(this.find("form"), "submit", (event) => this.#submit(event));
    on(this.input, "keydown", (event) => this.#key(event));
    on(this.input, "input", () => this.#typed());
    on(this.find("stop"), "click", () => this.#stop());
    on(this.messages, "click", (event) => this.#acted(event));
    on(this.find("lists"), "click", (event) => this.#listed(event));
    on(this.place, "click", (event) => this.#followed(event));
    on(this.find("search"), "submit", (event) => this.#searched(event));
    on(this.find("share"), "click", () => this.#share());
    on(this.find("side"), "click", () => this.#showSide(this.#sideIsHidden()));
    on(this.find("side-close"), "click", () => this.#showSide(false));
    on(this.place, "keydown", (event) => this.#escape(event));
    on(this.find("close"), "click", () => this.close?.());
    on(window, "online", () => this.#askAgain());
    on(document, "cairn:told", ({ detail }) => this.#told(detail));
    this.#confirmed("rename", () => this.#rename());
    this.#confirmed("delete", () => this.#delete());
    this.#bringBack();
    this.#tellSide();
    this.#await();
    this.#toTheEnd();
    const searches = this.place.classList.contains("shows-side");
    if (!quiet && !(searches && !this.#isWide())) this.input?.focus({ preventScroll: true });
  }

  leave() {
    this.#running?.abort();
    this.#gone.abort();
  }

  find(name, within = this.place) {
    return within.querySelector(`[data-${name}]`);
  }

  #call(method, path, body, accept = "application/json", signal = undefined) {
    const headers = { Accept: accept, "X-CSRFToken": this.place.querySelector("[name=csrfmiddlewaretoken]").value };
    if (body) headers["Content-Type"] = "application/json";
    return fetch(path, { method, headers, signal, body: body && JSON.stringify(body) });
  }

  #word(name) {
    return this.place.dataset[`word${name}`];
  }

  #problem(words = "") {
    this.find("problem").textContent = words;
    this.find("problem").hidden = !words;
  }

  #say(words) {
    this.find("status").textContent = words;
  }

  #toTheEnd() {
    this.messages.scrollTop = this.messages.scrollHeight;
  }

  // --- asking ---------------------------------------------------------------------------------------------------
  #submit(event) {
    event.preventDefault();
    const content = this.input.value.trim();
    if (!content || this.#running || this.#tooLong()) return;
    this.input.value = "";
    this.#typed();
    this.#ask({ content, id: crypto.randomUUID(), ...this.#drawn(content) });
  }

  #drawn(content) {
    const question = this.#draw("question");
    this.find("words", question).textContent = content;
    const answer = this.#draw("answer");
    this.#toTheEnd();
    return { question, answer };
  }

  #draw(kind) {
    const drawn = this.find(kind).content.firstElementChild.cloneNode(true);
    this.messages.append(drawn);
    return drawn;
  }

  async #ask({ content, id, question, answer }) {
    this.#running = new AbortController();
    this.#isBusy(true);
    this.#problem();
    keep(this.unsent, { content, id, session: this.session });
    if (question) this.find("mark", question).textContent = this.#word("Sending");
    this.find("words", answer).textContent = this.#word("Thinking");
    this.find("cut", answer).hidden = true;
    Object.assign(answer.dataset, { asked: id, askedWords: content });
    const body = { content, client_message_id: id };
    if (this.place.dataset.lesson) body.lesson = Number(this.place.dataset.lesson);
    if (!this.session) body.course = Number(this.place.dataset.course);
    const path = this.session ? `/api/chat/sessions/${this.session}/messages/` : "/api/chat/sessions/";
    try {
      const response = await this.#call("POST", path, body, "text/event-stream", this.#running.signal);
      if (!response.ok) throw Object.assign(new Error(), { response, said: await response.json().catch(() => ({})) });
      await this.#follow(response, answer, question);
    } catch (error) {
      this.#cut(answer, question, error);
    } finally {
      this.#running = null;
      this.#isBusy(false);
      if (this.place.contains(document.activeElement) || document.activeElement === document.body) this.input?.focus();
    }
  }

  #isBusy(is) {
    this.find("send").hidden = is;
    this.find("stop").hidden = !is;
  }

  async #follow(response, answer, question) {
    let text = "";
    let isWhole = false;
    for await (const event of eventsOf(response)) {
      if (event.name === "start") {
        keep(this.unsent, null);
        if (question) this.#stored(question, event.user_message);
        answer.dataset.id = event.message_id;
        this.#opened(event.session, event.user_message.content);
      } else if (event.name === "delta") {
        const isAtEnd = this.messages.scrollHeight - this.messages.scrollTop - this.messages.clientHeight < 80;
        text += event.text;
        this.find("words", answer).textContent = text;
        if (isAtEnd) this.#toTheEnd();
      } else if (event.name === "done") {
        isWhole = event.message.status === "complete";
        this.#show(answer, event.message);
      }
    }
    if (!isWhole) this.#cut(answer, null);
  }

  #stored(question, message) {
    this.find("mark", question).textContent = "";
    question.dataset.id = message.id;
    this.find("words", question).innerHTML = message.html; // cleaned by the server
  }

  #opened(id, title) {
    if (!this.session) {
      this.session = id;
      this.place.dataset.session = id;
      this.draft = `cairn.draft.${this.place.dataset.course}.${id}`;
      if (!this.load) history.replaceState(null, "", `?session=${id}`);
      this.find("title").textContent = title.length > 50 ? `${title.slice(0, 50).trimEnd()}...` : title;
      this.find("session-acts").hidden = false;
      const whole = this.find("whole");
      if (whole) whole.href = `${this.place.dataset.page}?session=${id}`;
      this.place.dispatchEvent(new CustomEvent("cairn:talk-opened", { bubbles: true, detail: { session: id } }));
    }
    this.#list();
  }

  #show(answer, message) {
    this.find("words", answer).innerHTML = message.html; // cleaned by the server
    const chips = message.citations.map(({ title, heading, second, url }) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.className = "chip";
      link.href = url;
      const clock = second === null ? "" : ` · ${Math.floor(second / 60)}:${String(second % 60).padStart(2, "0")}`;
      link.textContent = (heading ? `${title} › ${heading}` : title) + clock;
      item.append(link);
      return item;
    });
    this.find("chips", answer).replaceChildren(...chips);
    this.find("chips", answer).hidden = !chips.length || message.answer_status === "unanswered"; // it names them itself
    this.find("note", answer).textContent = message.note;
    this.find("note", answer).hidden = !message.note;
    this.find("acts", answer).hidden = false;
    this.#offerInstructor(answer, message);
    this.#say(this.#word("Done"));
    this.#toTheEnd();
  }

  #cut(answer, question, error) {
    const words = this.find("words", answer);
    if (words.textContent === this.#word("Thinking")) words.textContent = "";
    this.find("cut", answer).hidden = false;
    if (error && question && this.find("mark", question).textContent) {
      this.find("mark", question).textContent = this.#word("Unsent");
    }
    if (!error || error.name === "AbortError") return;
    this.#problem(outcome(error, this.place.dataset));
    const status = error.response?.status;
    if (status === 400 || status === 404) keep(this.unsent, null);
    if (status === 404) keep(`cairn.draft.${this.place.dataset.course}.`, answer.dataset.askedWords);
    if (error.said?.code === "not_enrolled") this.input.disabled = this.find("send").disabled = true;
  }

  #stop() {
    keep(this.unsent, null);
    this.#running?.abort();
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.find("form").requestSubmit();
  }

  #typed() {
    keep(this.draft, this.input.value || null);
    const longest = Number(this.place.dataset.longest);
    const length = this.input.value.trim().length;
    const count = this.find("count");
    count.hidden = length < 0.9 * longest;
    count.textContent = this.#tooLong() ? this.#word("Long").replace("{n}", length - longest) : `${length} / ${longest}`;
    count.classList.toggle("is-too-long", this.#tooLong());
    this.input.toggleAttribute("aria-invalid", this.#tooLong());
  }

  #tooLong() {
    return this.input.value.trim().length > Number(this.place.dataset.longest);
  }

  // What was being written, and what could not be sent, is there again.
  #bringBack() {
    if (!this.input) return;
    this.input.value = kept(this.draft) ?? "";
    this.#typed();
    const waiting = kept(this.unsent);
    if (waiting?.session !== this.session) return;
    const drawn = this.#drawn(waiting.content);
    this.find("mark", drawn.question).textContent = this.#word("Unsent");
    Object.assign(drawn.answer.dataset, { asked: waiting.id, askedWords: waiting.content });
    this.find("cut", drawn.answer).hidden = false;
    if (navigator.onLine) this.#ask({ ...waiting, ...drawn });
  }

  #askAgain() {
    const waiting = kept(this.unsent);
    if (this.#running || waiting?.session !== this.session) return;
    const answer = [...this.messages.children].find((one) => one.dataset.asked === waiting.id);
    if (answer) this.#retry(answer);
  }

  #retry(answer) {
    const before = answer.previousElementSibling;
    const question = before?.matches(".said-question") ? before : null;
    this.#ask({ content: answer.dataset.askedWords, id: answer.dataset.asked, question, answer });
  }

  // --- with an answer -------------------------------------------------------------------------------------------
  async #acted({ target }) {
    const button = target.closest("button, [data-earlier]");
    if (!button) return;
    const answer = button.closest("li.said");
    if (button.matches("[data-retry]")) this.#running || this.#retry(answer);
    else if (button.matches("[data-copy]")) this.#copy(answer);
    else if (button.matches("[data-feedback]")) this.#rate(answer, button);
    else if (button.matches("[data-ask-instructor]")) this.#askInstructor(answer, button);
  }

  async #copy(answer) {
    const copied = await navigator.clipboard?.writeText(this.find("words", answer).innerText).then(
      () => true,
      () => false,
    );
    this.#say(this.#word(copied ? "Copied" : "Failed"));
    if (!copied) return;
    const button = this.find("copy", answer);
    const words = button.textContent;
    button.textContent = this.#word("Copied");
    setTimeout(() => (button.textContent = words), 1500);
  }

  async #rate(answer, button) {
    const value = button.getAttribute("aria-pressed") === "true" ? null : button.dataset.feedback;
    const message = await this.#post(`/api/chat/messages/${answer.dataset.id}/feedback/`, { value });
    if (!message) return;
    for (const one of answer.querySelectorAll("[data-feedback]")) {
      one.setAttribute("aria-pressed", String(one.dataset.feedback === value));
    }
    this.#offerInstructor(answer, message);
  }

  async #askInstructor(answer, button) {
    button.disabled = true;
    const message = await this.#post(`/api/chat/messages/${answer.dataset.id}/ask-instructor/`, {});
    button.disabled = false;
    if (message) this.#offerInstructor(answer, message);
  }

  #offerInstructor(answer, { answer_status: status, feedback, sent_to_instructor_at: sent }) {
    const offer = this.find("ask", answer);
    if (!offer) return;
    offer.hidden = Boolean(sent) || (status === "answered" && feedback !== "down");
    this.find("sent", answer).hidden = !sent;
  }

  async #post(path, body, method = "POST") {
    this.#problem();
    const response = await this.#call(method, path, body).catch((error) => ({ error }));
    if (response.ok) return response.json();
    const said = response.json ? await response.json().catch(() => ({})) : {};
    this.#problem(outcome(Object.assign(response.error ?? new Error(), { response, said }), this.place.dataset));
    return null;
  }

  // --- the conversation -----------------------------------------------------------------------------------------
  #confirmed(name, act) {
    const dialog = this.find(`${name}-dialog`);
    const { signal } = this.#gone;
    this.find(name).addEventListener(
      "click",
      () => {
        dialog.returnValue = "";
        dialog.showModal();
      },
      { signal },
    );
    dialog.addEventListener("close", () => dialog.returnValue === "yes" && act(), { signal });
  }

  async #rename() {
    const title = document.getElementById("talk-name").value.trim();
    const changed = await this.#post(`/api/chat/sessions/${this.session}/`, { title }, "PATCH");
    if (!changed) return;
    this.find("title").textContent = changed.title;
    this.#list();
  }

  async #delete() {
    const response = await this.#call("DELETE", `/api/chat/sessions/${this.session}/`).catch(() => null);
    if (!response?.ok && response?.status !== 404) return this.#problem(this.#word("Failed"));
    keep(this.draft, null);
    this.#go(this.place.dataset.page);
  }

  async #share() {
    const is_shared = this.find("share").getAttribute("aria-checked") !== "true";
    const changed = await this.#post(`/api/chat/sessions/${this.session}/`, { is_shared }, "PATCH");
    if (!changed) return;
    this.find("share").setAttribute("aria-checked", String(changed.is_shared));
    this.find("who").dataset.shared = changed.is_shared ? "yes" : "no";
    this.#say(this.#word(changed.is_shared ? "Shared" : "Private"));
    this.#list();
  }

  // An instructor's answer is told to the open page; what was being written elsewhere is looked after for a minute.
  #told({ kind, url }) {
    if (kind !== "answer") return;
    const session = new URL(url, location.href).searchParams.get("session");
    if (session !== this.session) return this.#list();
    this.#say(this.#word("Answered"));
    if (!this.#running) this.#refresh();
  }

  async #refresh() {
    const html = await this.#part({ part: "messages", session: this.session });
    if (html === null || this.#running) return;
    this.messages.innerHTML = html; // made by the server
    this.#toTheEnd();
    this.#list();
  }

  async #await(left = POLLS) {
    if (!left || !this.messages.querySelector("[data-coming]")) return;
    await new Promise((wake) => setTimeout(wake, EVERY));
    if (this.#gone.signal.aborted) return;
    await this.#refresh();
    this.#await(left - 1);
  }

  async #part(query) {
    const all = { ...query, ...(this.load && { panel: "yes" }) };
    const address = `${this.place.dataset.page}?${new URLSearchParams(all)}`;
    const response = await fetch(address, { signal: this.#gone.signal }).catch(() => null);
    return response?.ok && !response.redirected ? response.text() : null;
  }

  // --- the list -------------------------------------------------------------------------------------------------
  async #list() {
    if (this.find("search")?.querySelector("[name=q]").value) return; // what was found stays
    const html = await this.#part({ part: "list", ...(this.session && { session: this.session }) });
    if (html !== null) this.find("lists").innerHTML = html; // made by the server
  }

  async #listed(event) {
    const more = event.target.closest("[data-more]");
    if (!more || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const html = await this.#part({ ...Object.fromEntries(new URL(more.href).searchParams), part: "list" });
    if (html === null) return this.#problem(this.#word("Failed"));
    const drawn = document.createElement("template");
    drawn.innerHTML = html; // made by the server
    const list = this.find("lists").querySelector(".talk-list");
    const first = drawn.content.querySelector(".talk-list a");
    list.append(...drawn.content.querySelectorAll(".talk-list > li"));
    more.replaceWith(drawn.content.querySelector("[data-more]") ?? "");
    first?.focus();
  }

  #searched(event) {
    if (!this.load) return;
    event.preventDefault();
    this.load(Object.fromEntries(new FormData(event.target)), { side: true });
  }

  #followed(event) {
    const earlier = event.target.closest("[data-earlier]");
    const link = event.target.closest("a[data-load]");
    if ((!earlier && !link) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (earlier) {
      event.preventDefault();
      this.#earlier(earlier);
    } else if (this.load) {
      event.preventDefault();
      this.load(Object.fromEntries(new URL(link.href).searchParams));
    }
  }

  async #earlier(link) {
    const html = await this.#part({ ...Object.fromEntries(new URL(link.href).searchParams), part: "messages" });
    if (html === null) return this.#problem(this.#word("Failed"));
    const fromEnd = this.messages.scrollHeight - this.messages.scrollTop;
    const place = link.closest("li");
    place.insertAdjacentHTML("afterend", html); // made by the server
    place.remove();
    this.messages.scrollTop = this.messages.scrollHeight - fromEnd;
    this.messages.focus({ preventScroll: true });
  }

  #go(address) {
    if (this.load) this.load(Object.fromEntries(new URL(address, location.href).searchParams));
    else location.assign(address);
  }

  // --- the sidebar ----------------------------------------------------------------------------------------------
  #isWide() {
    return this.place.clientWidth >= WIDE;
  }

  #sideIsHidden() {
    return !this.find("lists").checkVisibility();
  }

  #showSide(is) {
    if (this.#isWide()) {
      const { dataset } = document.documentElement;
      if (is) delete dataset.talkSide;
      else dataset.talkSide = "hidden";
      try {
        if (is) localStorage.removeItem("cairn.talk-side");
        else localStorage.setItem("cairn.talk-side", "hidden");
      } catch {
        // Without storage the choice lasts for this page.
      }
    } else {
      this.place.classList.toggle("shows-side", is);
      if (is) this.find("side-close").focus();
      else this.find("side").focus();
    }
    this.#tellSide();
  }

  #tellSide() {
    this.find("side").setAttribute("aria-expanded", String(!this.#sideIsHidden()));
  }

  #escape(event) {
    if (event.key !== "Escape" || this.#isWide() || !this.place.classList.contains("shows-side")) return;
    event.preventDefault();
    event.stopPropagation();
    this.#showSide(false);
  }
}

const page = document.querySelector(".talk-page [data-assistant]");
if (page) setUp(page);
