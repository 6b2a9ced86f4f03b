// Charts of an instructor's pages. Each is a section with `data-chart` and a place to draw in; the numbers are JSON that
// the server wrote, colours come from the tokens as they are here and now. Beside each chart stands its table.
import { colours, common, day, language, loadLibrary, steps, tip } from "../chart-look.js";

const charts = new Map();
let words = {};
let shows = "seconds";

export function setUpCharts(page) {
  const settings = page.querySelector("[data-charts]");
  if (!settings) return;
  words = settings.dataset;
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        seen.unobserve(target);
        draw(target);
      }
    },
    { rootMargin: "300px" },
  );
  for (const section of page.querySelectorAll("[data-chart]")) seen.observe(section);
  page.addEventListener("click", ({ target }) => {
    const section = target.closest("[data-chart]");
    if (!section) return;
    if (target.closest("[data-retry]")) draw(section);
    if (target.dataset.shows) choose(section, target.dataset.shows);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["class"] });
}

// The numbers of a fresh page, put where the old ones stood.
export function redraw() {
  for (const section of charts.keys()) draw(section);
}

function choose(section, wanted) {
  shows = wanted;
  for (const button of section.querySelectorAll("[data-shows]")) {
    button.setAttribute("aria-pressed", String(button.dataset.shows === shows));
  }
  draw(section);
}

async function draw(section) {
  const failed = section.querySelector("[data-failed]");
  failed.hidden = true;
  let library;
  try {
    library = await loadLibrary(words.echarts);
  } catch {
    failed.hidden = false;
    return;
  }
  const numbers = JSON.parse(document.getElementById("course-charts").textContent);
  const ink = colours(section);
  const options = DRAWN[section.dataset.chart](numbers, ink);
  let chart = charts.get(section);
  if (!chart) {
    chart = library.init(section.querySelector("[data-canvas]"), null, { renderer: "canvas" });
    charts.set(section, chart);
    new ResizeObserver(() => chart.resize()).observe(section);
  }
  const zoom = chart.getOption()?.dataZoom?.map(({ start, end }) => ({ start, end }));
  if (zoom && options.dataZoom) options.dataZoom.forEach((one, n) => Object.assign(one, zoom[n]));
  chart.setOption({ ...common(ink), toolbox: toolbox(section, ink), ...options }, { notMerge: true });
  section.dataset.drawn = "yes";
}

// --- How it looks

function toolbox(section, ink) {
  const feature = {
    saveAsImage: {
      title: words.wordSave,
      name: `${words.course}-${section.dataset.chart}`,
      pixelRatio: 2,
      backgroundColor: ink.surface,
    },
  };
  if (section.dataset.chart === "series") feature.restore = { title: words.wordZoom };
  return { right: 0, top: 0, itemSize: 14, iconStyle: { borderColor: ink["ink-2"] }, feature };
}

function number(value) {
  return new Intl.NumberFormat(language(), { maximumFractionDigits: 1 }).format(value);
}

const whole = { day: "numeric", month: "long", year: "numeric" };
const axis = (ink) => ({
  axisLine: { lineStyle: { color: ink["line-strong"] } },
  axisTick: { show: false },
  axisLabel: { color: ink["ink-2"], fontSize: 12, hideOverlap: true },
  splitLine: { lineStyle: { color: ink.line } },
});

const DRAWN = {
  // Hover reads a day, the wheel and two fingers zoom, dragging pans; the bar below does both for a mouse.
  series(numbers, ink) {
    const narrow = innerWidth < 700;
    return {
      color: [ink.amber, ink.accent, ink["ink-2"]],
      legend: { left: 0, top: 0, itemHeight: 10, itemWidth: 14, textStyle: { color: ink["ink-2"], fontSize: 12 } },
      grid: { left: 4, right: 4, top: narrow ? 72 : 44, bottom: 44, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      tooltip: {
        ...tip(ink, (all) => [day(all[0].axisValue, whole), ...all.map((one) => `${one.seriesName}: ${number(one.value)}${one.seriesIndex === 2 ? " %" : ""}`)].join("\n")),
        trigger: "axis",
      },
      dataZoom: [
        { type: "inside" },
        { type: "slider", height: 20, bottom: 4, borderColor: ink.line, fillerColor: ink["accent-soft"], handleStyle: { color: ink.accent, borderColor: ink.accent }, moveHandleStyle: { color: ink["accent-line"] }, dataBackground: { lineStyle: { color: ink["accent-line"] }, areaStyle: { color: ink["accent-soft"] } }, selectedDataBackground: { lineStyle: { color: ink.accent }, areaStyle: { color: ink["accent-line"] } }, emphasis: { moveHandleStyle: { color: ink.accent }, handleStyle: { borderColor: ink.accent } }, labelFormatter: (_, date) => day(date), textStyle: { color: ink["ink-2"] } },
      ],
      xAxis: { type: "category", data: numbers.days, ...axis(ink), axisLabel: { color: ink["ink-2"], fontSize: 12, hideOverlap: true, formatter: (date) => day(date) } },
      yAxis: [
        { type: "value", min: 0, minInterval: 1, ...axis(ink) },
        { type: "value", min: 0, max: 100, ...axis(ink), splitLine: { show: false }, axisLabel: { color: ink["ink-2"], fontSize: 12, formatter: "{value} %" } },
      ],
      series: [
        { name: words.wordEnrollments, type: "bar", barMaxWidth: 18, data: numbers.enrollments, itemStyle: { borderRadius: [3, 3, 0, 0] } },
        { name: words.wordActive, type: "line", symbol: "circle", symbolSize: 5, lineStyle: { width: 2 }, showSymbol: numbers.days.length < 60, data: numbers.active },
        { name: words.wordRate, type: "line", yAxisIndex: 1, symbol: "none", lineStyle: { width: 2, type: "dashed" }, data: numbers.completion_rate },
      ],
    };
  },

  distribution(numbers, ink) {
    return {
      color: [ink.accent],
      grid: { left: 4, right: 4, top: 32, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      tooltip: tip(ink, ({ name, value }) => `${name} %: ${number(value)} ${words.wordLearners}`),
      xAxis: { type: "category", data: numbers.distribution.map(([bin]) => bin), ...axis(ink), axisLabel: { color: ink["ink-2"], fontSize: 11, interval: 0, rotate: 45 } },
      yAxis: { type: "value", min: 0, minInterval: 1, ...axis(ink) },
      series: [{ type: "bar", barCategoryGap: "12%", data: numbers.distribution.map(([, count]) => count), itemStyle: { borderRadius: [3, 3, 0, 0] } }],
    };
  },

  calendar(numbers, ink) {
    const lessons = shows === "lessons";
    const data = numbers.calendar.map(([date, seconds, done]) => [date, lessons ? done : seconds / 60]);
    const weeks = Math.ceil(data.length / 7) + 1;
    const isUpright = weeks > 20 && innerWidth < 700;
    return {
      visualMap: steps(highest(data.map(([, value]) => value)), ink),
      tooltip: tip(ink, ({ value: [date, value] }) => `${day(date, whole)}: ${number(value)} ${lessons ? words.wordLessons : words.wordMinutes}`),
      calendar: {
        orient: isUpright ? "vertical" : "horizontal",
        range: [data[0][0], data.at(-1)[0]],
        left: 40,
        right: 4,
        top: 36,
        bottom: 4,
        cellSize: "auto",
        splitLine: { show: false },
        itemStyle: { color: "transparent", borderWidth: 0 },
        yearLabel: { show: false },
        dayLabel: { firstDay: 1, nameMap: [numbers.weekdays[6], ...numbers.weekdays.slice(0, 6)], color: ink["ink-2"], fontSize: 12, margin: 8 },
        monthLabel: { nameMap: [...Array(12).keys()].map((n) => day(Date.UTC(2024, n, 15), { month: "short" })), color: ink["ink-2"], fontSize: 12 },
      },
      series: [{ type: "heatmap", coordinateSystem: "calendar", data, itemStyle: { borderColor: ink.surface, borderWidth: 2, borderRadius: 4 }, emphasis: { itemStyle: { borderColor: ink.amber } } }],
    };
  },

  // How often a minute was played, and how often again; where people stop and ask stands beside it.
  minutes(numbers, ink) {
    const column = (n) => numbers.map((row) => row[n]);
    const bars = { type: "bar", barMaxWidth: 18, itemStyle: { borderRadius: [3, 3, 0, 0] } };
    return {
      color: [ink["accent-line"], ink.accent, ink.amber, ink["ink-2"]],
      legend: { left: 0, top: 0, itemHeight: 10, itemWidth: 14, textStyle: { color: ink["ink-2"], fontSize: 12 } },
      grid: { left: 4, right: 4, top: innerWidth < 700 ? 72 : 44, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      tooltip: { ...tip(ink, (all) => [`${words.wordMinute} ${all[0].axisValue}`, ...all.map((one) => `${one.seriesName}: ${number(one.value)}`)].join("\n")), trigger: "axis" },
      dataZoom: [{ type: "inside" }],
      xAxis: { type: "category", data: column(0).map((n) => n + 1), ...axis(ink) },
      yAxis: { type: "value", min: 0, minInterval: 1, ...axis(ink) },
      series: [
        { name: words.wordPlays, type: "line", symbol: "none", areaStyle: { opacity: 0.35 }, data: column(1) },
        { name: words.wordAgain, ...bars, data: column(2) },
        { name: words.wordStops, ...bars, data: column(3) },
        { name: words.wordAsked, type: "scatter", symbolSize: 8, data: column(4).map((n) => n || null) },
      ],
    };
  },

  hours(numbers, ink) {
    const data = numbers.hours.map(([hour, weekday, seconds]) => [hour, weekday, seconds / 60]);
    return {
      visualMap: steps(highest(data.map(([, , value]) => value)), ink, 2),
      tooltip: tip(ink, ({ value: [hour, weekday, minutes] }) => `${numbers.weekdays[weekday]} ${String(hour).padStart(2, "0")}:00: ${number(minutes)} ${words.wordMinutes}`),
      grid: { left: 4, right: 4, top: 32, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      xAxis: { type: "category", data: [...Array(24).keys()], ...axis(ink), splitArea: { show: false } },
      yAxis: { type: "category", inverse: true, data: numbers.weekdays, ...axis(ink) },
      series: [{ type: "heatmap", data, itemStyle: { borderColor: ink.surface, borderWidth: 2, borderRadius: 4 }, emphasis: { itemStyle: { borderColor: ink.amber } } }],
    };
  },
};

const highest = (values) => Math.max(...values, 1);
