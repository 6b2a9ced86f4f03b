// Practice: fetches the questions, sends the answers, shows what was right and why.
import { announce, csrfToken, lesson, showCompleted } from "./standing.js";

const section = document.querySelector("[data-practice]");
const words = section?.dataset ?? {};
const intro = section?.querySelector("[data-practice-start]");
const body = section?.querySelector("[data-practice-body]");

if (section) intro.querySelector("[data-start]").addEventListener("click", start);

async function start() {
  intro.hidden = true;
  showSkeleton();
  try {
    showQuestions(await post(lesson.practiceUrl, { lesson: lesson.id }));
  } catch {
    showFailure(words.wordLoadFailed, start);
  }
}

async function post(url, content) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    credentials: "same-origin",
    body: JSON.stringify(content),
  });
  const found = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(found.detail), { problem: found });
  return found;
}

// --- questions ----------------------------------------------------------------------------------------------

function showQuestions(attempt) {
  const form = element("form", "practice");
  form.noValidate = true;
  attempt.questions.forEach((question, n) => form.append(drawQuestion(question, n, attempt.questions.length)));
  const warning = element("p", "hint");
  warning.setAttribute("role", "alert");
  const button = element("button", "button", words.wordSubmit);
  const foot = element("div", "row");
  foot.append(button, warning);
  form.append(foot);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-disabled") !== "true") check(form, attempt, button, warning);
  });
  body.replaceChildren(form);
  form.querySelector("input")?.focus({ preventScroll: true });
  form.scrollIntoView({ block: "start" });
}

function drawQuestion(question, n, all) {
  const box = element("fieldset", "question");
  box.dataset.question = question.id;
  const legend = element("legend");
  legend.append(element("span", "number", words.wordQuestion.replace("{n}", n + 1).replace("{all}", all)));
  legend.append(html("div", "prose", question.text_html));
  if (question.kind === "multiple") legend.append(element("span", "hint", words.wordSeveral));
  box.append(legend, question.choices?.length ? drawChoices(question) : drawInput(question));
  return box;
}

function drawChoices(question) {
  const list = element("div", "choices");
  for (const choice of question.choices) {
    const label = element("label", "choice");
    label.dataset.choice = choice.id;
    const input = element("input");
    input.type = question.kind === "multiple" ? "checkbox" : "radio";
    input.name = `question-${question.id}`;
    input.value = choice.id;
    label.append(input, html("span", "choice-words", choice.text_html));
    list.append(label);
  }
  return list;
}

function drawInput(question) {
  const field = element("div", "field");
  const label = element("label", "", words.wordAnswer);
  const input = element("input");
  label.htmlFor = input.id = input.name = `question-${question.id}`;
  input.type = "text";
  input.autocomplete = "off";
  if (question.kind === "number") input.inputMode = "decimal";
  field.append(label, input);
  return field;
}

function answersOf(form, questions) {
  const answers = {};
  for (const question of questions) {
    const value = answerOf(form, question);
    if (value !== null) answers[question.id] = value;
  }
  return answers;
}

function answerOf(form, { id, kind }) {
  const fields = new FormData(form).getAll(`question-${id}`);
  if (kind === "multiple") return fields.length ? fields.map(Number) : null;
  const value = (fields[0] ?? "").trim();
  if (value === "") return null;
  if (kind === "single") return Number(value);
  if (kind === "number") return Number(value.replace(",", "."));
  return value;
}

// --- checking -----------------------------------------------------------------------------------------------

async function check(form, attempt, button, warning) {
  const answers = answersOf(form, attempt.questions);
  const strange = Object.values(answers).some((value) => Number.isNaN(value));
  const open = attempt.questions.length - Object.keys(answers).length;
  if (open && !strange && warning.dataset.asked !== String(open)) {
    warning.dataset.asked = open;
    warning.textContent = words.wordUnanswered.replace("{n}", open);
    button.textContent = words.wordCheckAnyway;
    return;
  }
  button.setAttribute("aria-disabled", "true");
  button.textContent = words.wordChecking;
  try {
    showOutcome(form, attempt, await post(`${lesson.practiceUrl}${attempt.id}/finish/`, { answers }));
  } catch (failure) {
    warning.textContent = failure.problem?.code === "attempt_finished" ? words.wordChanged : (failure.problem?.detail ?? words.wordSendFailed);
    button.removeAttribute("aria-disabled");
    button.textContent = words.wordRetry;
  }
}

function showOutcome(form, attempt, outcome) {
  for (const result of outcome.results) showResult(form, attempt, result);
  for (const input of form.querySelectorAll("input")) input.disabled = true;
  form.lastElementChild.remove();
  const summary = drawSummary(outcome);
  form.prepend(summary);
  summary.focus();
  summary.scrollIntoView({ block: "center" });
  document.dispatchEvent(new CustomEvent("cairn:session-finished", { detail: outcome }));
  if (outcome.passed) showCompleted();
  document.dispatchEvent(new CustomEvent("cairn:practised"));
  announce(outcome.passed ? words.wordPassed : words.wordNotPassed);
}

function drawSummary({ score, passed }) {
  const box = element("div", "card result");
  box.tabIndex = -1;
  if (score !== null) box.append(drawRing(score));
  const text = element("div", "stack-8");
  text.append(element("h2", "", passed ? words.wordPassed : words.wordNotPassed));
  text.append(element("p", "muted", passed ? words.wordPassedText : words.wordNotPassedText));
  const again = element("button", passed ? "button button-plain button-small" : "button button-small", words.wordAgain);
  again.type = "button";
  again.addEventListener("click", start);
  text.append(again);
  box.append(text);
  return box;
}

function drawRing(score) {
  const box = element("div", "ring-box");
  box.append(section.querySelector("template[data-ring-shape]").content.cloneNode(true));
  box.querySelector("[data-ring]").setAttribute("stroke-dasharray", `${score.toFixed(2)} 100`);
  const text = element("div", "ring-words");
  text.append(element("strong", "", `${Math.round(score)} %`), element("span", "", words.wordScore));
  box.append(text);
  return box;
}

function showResult(form, attempt, result) {
  const box = form.querySelector(`[data-question="${result.question}"]`);
  const question = attempt.questions.find((one) => one.id === result.question);
  if (!box || !question) return;
  const right = new Set((result.right ?? []).map(String));
  if (question.choices?.length) markChoices(box, right);
  box.append(drawVerdict(result.is_correct));
  if (!question.choices?.length && result.is_correct === false && right.size) {
    box.append(element("p", "explanation", `${words.wordSolution} ${[...right].join(", ")}`));
  }
  if (result.explanation_html) box.append(html("div", "explanation prose", result.explanation_html));
}

function markChoices(box, right) {
  for (const choice of box.querySelectorAll("[data-choice]")) {
    const isChosen = choice.querySelector("input").checked;
    if (right.has(choice.dataset.choice)) {
      choice.classList.add("is-right");
      choice.append(element("span", "tag tag-good", words.wordTheRight));
    } else if (isChosen) {
      choice.classList.toggle("is-wrong", right.size > 0);
      choice.append(element("span", "tag", words.wordChosen));
    }
  }
}

function drawVerdict(isCorrect) {
  const [kind, sign, word] = {
    true: ["outcome-right", "check", words.wordRight],
    false: ["outcome-wrong", "close", words.wordWrong],
    null: ["", "info", words.wordUnscored],
  }[String(isCorrect)];
  const line = element("p", `outcome ${kind}`);
  line.append(section.querySelector(`template[data-icon="${sign}"]`).content.cloneNode(true), element("span", "", word));
  return line;
}

// --- waiting and failing ------------------------------------------------------------------------------------

function showSkeleton() {
  const box = element("div", "question stack");
  box.setAttribute("aria-busy", "true");
  for (const shape of ["line", "choice", "choice", "choice"]) box.append(element("div", `skeleton skeleton-${shape}`));
  body.replaceChildren(box);
}

function showFailure(text, retry) {
  const box = element("div", "card empty");
  box.setAttribute("role", "alert");
  const button = element("button", "button", words.wordRetry);
  button.type = "button";
  button.addEventListener("click", retry);
  box.append(element("p", "", text), button);
  body.replaceChildren(box);
}

function element(name, classes = "", text = "") {
  const made = document.createElement(name);
  if (classes) made.className = classes;
  if (text) made.textContent = text;
  return made;
}

// The server cleaned it: it is the same HTML that lessons show.
function html(name, classes, content) {
  const made = element(name, classes);
  made.innerHTML = content;
  return made;
}
