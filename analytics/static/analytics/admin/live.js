// What happens in the course while its page is open: told at once in a line, and a moment later in every number.
import { follow } from "../../js/stream.js";
import { language } from "../chart-look.js";
import { redraw } from "./charts.js";

const FEW = 5;
const SOON = 300; // several things at once are one look
const EVERY = 60_000; // where there is no stream, and for what nobody tells
const MINE = ["[data-part]", ".ca-grid [data-chart] h2", ".ca-as-table table", ".ca-funnel", ".ca-facts"];
let waiting = null;

export function setUpLive(page) {
  const place = page.querySelector("[data-live-course]");
  if (!place) return;
  follow(place.dataset.stream, place.dataset.person, (kind, data) => {
    if (kind === "reset") look();
    if (kind !== "course" || String(data.course) !== place.dataset.liveCourse) return;
    say(place, data);
    look();
  });
  setInterval(() => document.hidden || look(), EVERY);
}

function say(place, data) {
  const words = place.dataset[`word${data.what[0].toUpperCase()}${data.what.slice(1)}`];
  if (!words) return;
  const feed = place.querySelector("[data-live-feed]");
  const line = document.createElement("li");
  const time = document.createElement("time");
  time.textContent = new Intl.DateTimeFormat(language(), { timeStyle: "short" }).format(new Date());
  line.append(time, " ", words.replace("{name}", data.name));
  feed.prepend(line);
  while (feed.children.length > FEW) feed.lastChild.remove();
}

function look() {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, SOON);
}

async function refresh() {
  let answer;
  try {
    answer = await fetch(location.href, { cache: "no-store", headers: { "X-Requested-With": "fetch" } });
  } catch {
    return; // offline: what is shown stays
  }
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (Boolean(fresh.querySelector(".ca-empty")) !== Boolean(document.querySelector(".ca-empty"))) return location.reload();
  for (const which of MINE) {
    const [old, now] = [document, fresh].map((page) => [...page.querySelectorAll(`.ca ${which}`)]);
    if (old.length === now.length) old.forEach((part, n) => part.innerHTML !== now[n].innerHTML && part.replaceChildren(...now[n].childNodes));
  }
  const numbers = document.getElementById("course-charts");
  const news = fresh.getElementById("course-charts");
  if (!news || numbers.textContent === news.textContent) return;
  numbers.textContent = news.textContent;
  redraw();
}
