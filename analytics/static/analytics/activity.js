// The activity chart: drawn from the table that the server wrote, when it comes into view, with colours of the theme.
import { colours, common, day as short, loadLibrary, steps, tip } from "./chart-look.js";

let library = null;
let chart = null;
let view = "bars";
let here = -1;

export function setUpActivity(page) {
  begin(page);
  page.addEventListener("htmx:afterSettle", () => begin(page));
  page.addEventListener("cairn:refreshed", () => {
    begin(page);
    draw(page);
  });
  page.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-activity] [data-view]");
    if (button && button.tagName === "BUTTON") choose(page, button.dataset.view);
    if (target.closest("[data-activity] [data-retry]")) load(page);
  });
  const redraw = () => draw(page);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  new ResizeObserver(() => chart?.resize()).observe(page);
}

// For the section as it is now: htmx may have put another one there.
function begin(page) {
  const section = page.querySelector("[data-activity]");
  if (!section || section.dataset.begun) return;
  section.dataset.begun = "yes";
  chart?.dispose();
  chart = null;
  choose(page, view);
  const canvas = section.querySelector("[data-canvas]");
  canvas.addEventListener("keydown", (event) => step(section, event));
  canvas.addEventListener("blur", () => leave(section));
  const seen = new IntersectionObserver(
    ([entry]) => {
      if (!entry.isIntersecting) return;
      seen.disconnect();
      load(page);
    },
    { rootMargin: "200px" },
  );
  seen.observe(section);
}

function choose(page, wanted) {
  view = wanted;
  const section = page.querySelector("[data-activity]");
  section.dataset.shows = view;
  for (const button of section.querySelectorAll("button[data-view]")) {
    button.setAttribute("aria-pressed", String(button.dataset.view === view));
  }
  draw(page);
}

async function load(page) {
  const section = page.querySelector("[data-activity]");
  const failed = section.querySelector("[data-failed]");
  failed.hidden = true;
  try {
    library = await loadLibrary(section.dataset.echarts);
    draw(page);
  } catch {
    failed.hidden = false;
  }
}

function draw(page) {
  const section = page.querySelector("[data-activity]");
  if (!section || !library || view === "table") return;
  const canvas = section.querySelector("[data-canvas]");
  chart ??= start(section, canvas);
  const days = read(section);
  const ink = colours(section);
  const options = view === "bars" ? bars(section, days, ink) : calendar(days, ink);
  const tooltip = tip(ink, ({ dataIndex }) => exact(section, days[dataIndex]));
  chart.setOption({ ...common(ink), tooltip, ...options }, { notMerge: true });
  chart.resize();
  section.dataset.drawn = "yes";
}

function start(section, canvas) {
  const made = library.init(canvas, null, { renderer: "canvas" });
  made.on("mouseover", ({ dataIndex }) => say(section, dataIndex));
  made.on("globalout", () => leave(section));
  return made;
}

function read(section) {
  const rows = [...section.querySelectorAll("[data-day]")].reverse();
  return rows.map((row) => ({
    date: row.dataset.day,
    seconds: Number(row.dataset.seconds),
    words: [...row.children].map((cell) => cell.textContent),
  }));
}

function exact(section, { words: [day, time, sessions] }) {
  const { word } = section.querySelector("[data-readout]").dataset;
  return word.replace("{day}", day).replace("{time}", time).replace("{sessions}", sessions);
}

// --- How it looks

function bars(section, days, ink) {
  const top = 20 * Math.ceil(Math.max(...days.map((day) => day.seconds / 60), 1) / 20); // quarters are whole minutes
  return {
    grid: { left: 4, right: 4, top: 24, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: {
      type: "category",
      data: days.map((day) => day.date),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: ink["line-strong"] } },
      axisLabel: {
        color: ink["ink-2"],
        fontSize: 12,
        hideOverlap: true,
        interval: (n) => (days.length - 1 - n) % (days.length > 30 ? 14 : 7) === 0,
        alignMaxLabel: "right",
        formatter: (date) => short(date),
      },
    },
    yAxis: {
      type: "value",
      min: 0,
      max: top,
      interval: top / 4,
      name: section.dataset.wordMinutes,
      nameLocation: "end",
      nameGap: 8,
      nameTextStyle: { align: "left", color: ink["ink-2"], fontSize: 12, padding: [0, 0, 0, -20] },
      axisLabel: { color: ink["ink-2"], fontSize: 12 },
      splitLine: { lineStyle: { color: ink.line } },
    },
    series: [
      {
        type: "bar",
        barCategoryGap: "25%",
        data: days.map((day) => Math.round(day.seconds / 6) / 10),
        itemStyle: { color: ink.accent, borderRadius: [3, 3, 0, 0] },
        emphasis: { itemStyle: { color: ink.amber } },
      },
    ],
  };
}

// A month reads as the calendar on the wall; three months as weeks side by side.
function calendar(days, ink) {
  const isMonth = days.length <= 31;
  const first = new Date(Date.UTC(2024, 0, 7)); // a Sunday
  const weekdays = [...Array(7).keys()].map((n) => short(first.getTime() + n * 864e5, { weekday: "short" }));
  const months = [...Array(12).keys()].map((n) => short(Date.UTC(2024, n, 15), { month: "short" }));
  const top = Math.max(...days.map((day) => day.seconds / 60), 30);
  return {
    visualMap: steps(top, ink),
    calendar: {
      orient: isMonth ? "vertical" : "horizontal",
      range: [days[0].date, days.at(-1).date],
      left: isMonth ? 44 : 40,
      right: 4,
      top: 24,
      bottom: 4,
      cellSize: "auto",
      splitLine: { show: false },
      itemStyle: { color: "transparent", borderWidth: 0 },
      yearLabel: { show: false },
      dayLabel: { firstDay: 1, nameMap: weekdays, color: ink["ink-2"], fontSize: 12, margin: 8 },
      monthLabel: { nameMap: months, color: ink["ink-2"], fontSize: 12, margin: 8 },
    },
    series: [
      {
        type: "heatmap",
        coordinateSystem: "calendar",
        data: days.map((day) => [day.date, day.seconds / 60]),
        itemStyle: { borderColor: ink.surface, borderWidth: 3, borderRadius: 5 },
        emphasis: { itemStyle: { borderColor: ink.amber } },
      },
    ],
  };
}

// --- Single days by keyboard

function step(section, event) {
  const days = read(section);
  const way = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7, Home: -days.length, End: days.length }[event.key];
  if (!way || !chart) return;
  event.preventDefault();
  here = here < 0 ? days.length - 1 : Math.max(0, Math.min(days.length - 1, here + way));
  chart.dispatchAction({ type: "downplay", seriesIndex: 0 });
  chart.dispatchAction({ type: "highlight", seriesIndex: 0, dataIndex: here });
  chart.dispatchAction({ type: "showTip", seriesIndex: 0, dataIndex: here });
  say(section, here);
}

function say(section, index) {
  const day = read(section)[index];
  if (day) section.querySelector("[data-readout]").textContent = exact(section, day);
}

function leave(section) {
  here = -1;
  chart?.dispatchAction({ type: "downplay", seriesIndex: 0 });
  chart?.dispatchAction({ type: "hideTip" });
  const readout = section.querySelector("[data-readout]");
  readout.textContent = readout.dataset.resting;
}
