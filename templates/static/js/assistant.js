// Ask, see the answer as it comes, stop it, ask again. What is stored is what the server says at the end.
const place = document.querySelector("[data-assistant]");
const find = (name, within = place) => within.querySelector(`[data-${name}]`);
const messages = find("messages");
const input = find("input");
const wide = matchMedia("(min-width: 900px)");
let session = place.dataset.session;
let running = null;

async function call(method, path, body, accept = "application/json", signal) {
  const headers = { Accept: accept, "X-CSRFToken": place.querySelector("[name=csrfmiddlewaretoken]").value };
  if (body) headers["Content-Type"] = "application/json";
  return fetch(path, { method, headers, signal, body: body && JSON.stringify(body) });
}

function problem(words = "") {
  find("problem").textContent = words;
  find("problem").hidden = !words;
}

function draw(kind) {
  const drawn = find(kind).content.firstElementChild.cloneNode(true);
  messages.append(drawn);
  return drawn;
}

function toTheEnd() {
  messages.scrollTop = messages.scrollHeight;
}

async function* eventsOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let kept = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (kept + value).split("\n\n");
    kept = parts.pop();
    for (const part of parts) {
      const [name, data] = part.split("\n");
      yield { name: name.slice(7), ...JSON.parse(data.slice(6)) };
    }
  }
}

async function ask(content, id, answer, question) {
  running = new AbortController();
  find("send").hidden = true;
  find("stop").hidden = false;
  problem();
  find("words", answer).textContent = place.dataset.wordThinking;
  find("cut", answer).hidden = true;
  Object.assign(answer.dataset, { asked: id, askedWords: content });
  const body = { content, client_message_id: id };
  if (!session) body.course = Number(place.dataset.course);
  const path = session ? `/api/chat/sessions/${session}/messages/` : "/api/chat/sessions/";
  try {
    const response = await call("POST", path, body, "text/event-stream", running.signal);
    if (!response.ok) throw new Error((await response.json()).detail);
    await follow(response, answer, question);
  } catch (error) {
    cut(answer, error);
  } finally {
    running = null;
    find("send").hidden = false;
    find("stop").hidden = true;
    input.focus();
  }
}

async function follow(response, answer, question) {
  let text = "";
  let isWhole = false;
  for await (const event of eventsOf(response)) {
    if (event.name === "start") {
      if (question) find("mark", question).textContent = "";
      answer.dataset.id = event.message_id;
      if (!session) opened(event.session, event.user_message.content);
    } else if (event.name === "delta") {
      text += event.text;
      find("words", answer).textContent = text;
      toTheEnd();
    } else if (event.name === "done") {
      isWhole = event.message.status === "complete";
      show(answer, event.message);
    }
  }
  if (!isWhole) cut(answer);
}

function opened(id, title) {
  session = id;
  history.replaceState(null, "", `?session=${id}`);
  find("title").textContent = title.length > 50 ? `${title.slice(0, 50).trimEnd()}...` : title;
  find("session-acts").hidden = false;
}

function show(answer, message) {
  find("words", answer).innerHTML = message.html; // cleaned by the server
  const chips = message.citations.map((citation) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.className = "chip";
    link.href = citation.url;
    link.textContent = citation.heading ? `${citation.title} › ${citation.heading}` : citation.title;
    item.append(link);
    return item;
  });
  find("chips", answer).replaceChildren(...chips);
  find("chips", answer).hidden = !chips.length;
  find("note", answer).textContent = message.note;
  find("note", answer).hidden = !message.note;
  find("acts", answer).hidden = false;
  find("status").textContent = place.dataset.wordDone;
  toTheEnd();
}

function cut(answer, error) {
  const words = find("words", answer);
  if (words.textContent === place.dataset.wordThinking) words.textContent = "";
  find("cut", answer).hidden = false;
  if (!error || error.name === "AbortError") return;
  const { wordOffline, wordFailed } = place.dataset;
  problem(!navigator.onLine ? wordOffline : error instanceof TypeError ? wordFailed : error.message || wordFailed);
}

find("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const content = input.value.trim();
  if (!content || running) return;
  input.value = "";
  const question = draw("question");
  find("words", question).textContent = content;
  find("mark", question).textContent = place.dataset.wordSending;
  const answer = draw("answer");
  toTheEnd();
  ask(content, crypto.randomUUID(), answer, question);
});

input.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  find("form").requestSubmit();
});

find("stop").addEventListener("click", () => running?.abort());

messages.addEventListener("click", async ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  const answer = button.closest("li.said");
  if (button.matches("[data-retry]") && !running) {
    const question = answer.previousElementSibling;
    ask(answer.dataset.askedWords, answer.dataset.asked, answer, question?.matches(".said-question") ? question : null);
  } else if (button.matches("[data-copy]")) {
    await navigator.clipboard.writeText(find("words", answer).innerText);
    find("status").textContent = place.dataset.wordCopied;
  } else if (button.matches("[data-feedback]")) {
    rate(answer, button);
  }
});

async function rate(answer, button) {
  const value = button.getAttribute("aria-pressed") === "true" ? null : button.dataset.feedback;
  const response = await call("POST", `/api/chat/messages/${answer.dataset.id}/feedback/`, { value }).catch(() => null);
  if (!response?.ok) return problem(place.dataset.wordFailed);
  for (const one of answer.querySelectorAll("[data-feedback]")) {
    one.setAttribute("aria-pressed", String(one.dataset.feedback === value));
  }
}

function confirmed(name, act) {
  const dialog = find(`${name}-dialog`);
  find(name).addEventListener("click", () => {
    dialog.returnValue = "";
    dialog.showModal();
  });
  dialog.addEventListener("close", async () => {
    if (dialog.returnValue !== "yes") return;
    const response = await act().catch(() => null);
    if (!response?.ok) problem(place.dataset.wordFailed);
  });
}

confirmed("rename", async () => {
  const title = document.getElementById("talk-name").value.trim();
  const response = await call("PATCH", `/api/chat/sessions/${session}/`, { title });
  if (response.ok) {
    find("title").textContent = title;
    const line = place.querySelector(".talk-list [aria-current]");
    if (line) line.textContent = title;
  }
  return response;
});

confirmed("delete", async () => {
  const response = await call("DELETE", `/api/chat/sessions/${session}/`);
  if (response.ok) location.assign(place.dataset.page);
  return response;
});

find("side").addEventListener("click", () => {
  const shown = wide.matches ? !place.classList.toggle("hides-side") : place.classList.toggle("shows-side");
  find("side").setAttribute("aria-expanded", String(shown));
});

// Who has searched looks at what was found; on a phone it stands above the conversation.
const searching = place.classList.contains("shows-side") && !location.hash;
find("side").setAttribute("aria-expanded", String(wide.matches || searching));
if (!wide.matches && !searching) place.classList.remove("shows-side");
toTheEnd();
if (!searching) input.focus();
