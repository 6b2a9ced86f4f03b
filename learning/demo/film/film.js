// "A bearing in four steps", drawn frame by frame. make.py opens film.html, calls encode() and packs what it returns.
const WIDTH = 960, HEIGHT = 540, FPS = 12, SECONDS = 48;
const KEY_FRAME_EVERY = 4 * FPS;
const INK = "#1f221d", QUIET = "#6b7066", PAPER = "#f5f5f1", MOSS = "#34583a", SOFT = "#dfe8da", AMBER = "#c47a12", RED = "#b23a2e";
const FONT = '"Film", system-ui, sans-serif';

const HUT = { x: 250, y: 356 }, LAKE = { x: 560, y: 168 };
const BEARING = Math.atan2(LAKE.x - HUT.x, HUT.y - LAKE.y);
const DEGREES = Math.round((BEARING * 180) / Math.PI);

const STEPS = [
  { from: 4, to: 14, title: "1  Lay the edge", text: "From where you are to where you want to be." },
  { from: 14, to: 24, title: "2  Turn the dial", text: "Its lines lie along the map's grid, north to north." },
  { from: 24, to: 34, title: "3  Turn yourself", text: "Until the needle lies in its arrow." },
  { from: 34, to: 44, title: "4  Walk to a mark", text: "A tree, a stone. Then do it again." },
];

const stage = document.getElementById("stage");
const pen = stage.getContext("2d");

const mix = (a, b, part) => a + (b - a) * part;
// 0 before `from`, 1 after `to`, and soft at both ends.
function ease(now, from, to) {
  const part = Math.min(1, Math.max(0, (now - from) / (to - from)));
  return part * part * (3 - 2 * part);
}

function draw(now) {
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.fillStyle = PAPER;
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  const step = STEPS.find(({ from, to }) => now >= from && now < to);
  if (now < 4) opening(now);
  else if (!step) closing(now);
  else {
    if (now < 24) onTheMap(now);
    else if (now < 34) inTheHand(now);
    else inTheLand(now);
    words(step, now);
  }
}

function opening(now) {
  cairn(480, 330, ease(now, 0, 2.4));
  text("A bearing in four steps", 480, 410, 44, INK, "center", 700);
  text("A map, a compass and your own feet", 480, 452, 24, QUIET, "center");
}

function closing(now) {
  text("Edge. Dial. Turn. Walk.", 480, 250, 48, INK, "center", 700);
  text("Look up, find the next mark, do it again.", 480, 300, 26, QUIET, "center");
  cairn(480, 460, ease(now, 44, 45.5));
}

function words({ title, text: line, from }, now) {
  const shown = ease(now, from, from + 0.5);
  pen.globalAlpha = shown;
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 444, WIDTH, 96);
  text(title, 40, 484, 32, MOSS, "left", 700);
  text(line, 40, 520, 24, INK, "left");
  pen.globalAlpha = 1;
}

function text(what, x, y, size, colour, align, weight = 450) {
  pen.font = `${weight} ${size}px ${FONT}`;
  pen.textAlign = align;
  pen.fillStyle = colour;
  pen.fillText(what, x, y);
}

// --- the map ---
function onTheMap(now) {
  map();
  const arrived = ease(now, 4.8, 8.6);
  const turned = ease(now, 15, 20);
  const middle = { x: mix(HUT.x, LAKE.x, 0.42), y: mix(HUT.y, LAKE.y, 0.42) };
  const aside = { x: Math.cos(BEARING) * 66, y: Math.sin(BEARING) * 66 };
  const at = { x: mix(1080, middle.x + aside.x, arrived), y: mix(470, middle.y + aside.y, arrived) };
  const way = mix(-0.5, BEARING, arrived);
  if (now > 8.6) line(HUT, LAKE, ease(now, 8.6, 10.5));
  compass(at, way, { dial: mix(way + 0.5, 0, turned), needle: 0.04, scale: 1 });
  places();
  if (turned > 0.98) reading(now);
}

function reading(now) {
  pen.globalAlpha = ease(now, 20, 21);
  text(`${DEGREES}°`, 860, 220, 64, MOSS, "right", 700);
  text("your bearing", 860, 252, 24, QUIET, "right");
  pen.globalAlpha = 1;
}

function map() {
  pen.strokeStyle = "#d6d9cf";
  pen.lineWidth = 2;
  for (let x = 70; x < WIDTH; x += 90) stroke([[x, 0], [x, 444]]);
  for (let y = 40; y < 444; y += 90) stroke([[0, y], [WIDTH, y]]);
  pen.strokeStyle = "#cdb48d";
  for (let ring = 1; ring < 6; ring++) hill(720, 330, ring * 34);
  for (let ring = 1; ring < 4; ring++) hill(120, 110, ring * 32);
  text("N", 25, 50, 24, QUIET, "center", 700);
  stroke([[25, 100], [25, 60], [18, 72], [25, 60], [32, 72]]);
}

function hill(x, y, size) {
  pen.beginPath();
  for (let turn = 0; turn <= 48; turn++) {
    const angle = (turn / 48) * 2 * Math.PI;
    const far = size * (1 + 0.12 * Math.sin(2 * angle + 1) + 0.07 * Math.sin(3 * angle));
    pen.lineTo(x + Math.cos(angle) * far * 1.25, y + Math.sin(angle) * far * 0.85);
  }
  pen.stroke();
}

function places() {
  pen.fillStyle = "#9fc3d8";
  pen.beginPath();
  pen.ellipse(LAKE.x + 26, LAKE.y - 12, 40, 22, -0.3, 0, 7);
  pen.fill();
  for (const place of [HUT, LAKE]) disc(place.x, place.y, 8, INK);
  text("Hut", HUT.x - 18, HUT.y + 8, 24, INK, "right", 650);
  text("Lake", LAKE.x + 74, LAKE.y - 6, 24, INK, "left", 650);
}

function line(from, to, part) {
  pen.strokeStyle = AMBER;
  pen.lineWidth = 5;
  stroke([[from.x, from.y], [mix(from.x, to.x, part), mix(from.y, to.y, part)]]);
}

// --- the compass: `way` is where its plate points, `dial` where the dial's north is, `needle` where the needle points ---
function compass(at, way, { dial, needle, scale }) {
  pen.save();
  pen.translate(at.x, at.y);
  pen.scale(scale, scale);
  pen.rotate(way);
  plate();
  pen.rotate(dial - way);
  face();
  pen.rotate(needle - dial);
  pointer();
  pen.restore();
}

function plate() {
  pen.fillStyle = "rgb(255 255 255 / 82%)";
  pen.strokeStyle = QUIET;
  pen.lineWidth = 3;
  pen.beginPath();
  pen.roundRect(-66, -160, 132, 260, 14);
  pen.fill();
  pen.stroke();
  pen.strokeStyle = MOSS;
  pen.lineWidth = 5;
  stroke([[0, -76], [0, -146], [-14, -126], [0, -146], [14, -126]]);
}

function face() {
  disc(0, 0, 62, "#ffffff");
  pen.strokeStyle = INK;
  pen.lineWidth = 3;
  pen.beginPath();
  pen.arc(0, 0, 62, 0, 7);
  pen.stroke();
  pen.lineWidth = 2;
  for (let tick = 0; tick < 36; tick++) {
    pen.rotate(Math.PI / 18);
    stroke([[0, -60], [0, tick % 9 === 8 ? -48 : -54]]);
  }
  pen.strokeStyle = "#b9cdb6";
  for (const x of [-24, 24]) stroke([[x, -38], [x, 38]]);
  pen.strokeStyle = AMBER;
  pen.lineWidth = 3;
  stroke([[-9, 34], [-9, -26], [-15, -26], [0, -44], [15, -26], [9, -26], [9, 34]]);
  text("N", 0, -64, 22, INK, "center", 700);
}

function pointer() {
  for (const [tip, colour] of [[-38, RED], [38, "#c9ccc3"]]) {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.moveTo(0, tip);
    pen.lineTo(7, 0);
    pen.lineTo(-7, 0);
    pen.fill();
  }
  disc(0, 0, 4, INK);
}

// --- in the hand: the plate points ahead, the world turns around you ---
function inTheHand(now) {
  const turned = ease(now, 26, 31);
  const needle = mix(1.9, -BEARING, turned);
  pen.fillStyle = SOFT;
  pen.fillRect(0, 0, WIDTH, 444);
  pen.save();
  pen.translate(480, 620);
  pen.rotate(needle + BEARING);
  tree(0, -560, 1.1);
  tree(-420, -380, 0.8);
  tree(460, -340, 0.9);
  pen.restore();
  compass({ x: 480, y: 230 }, 0, { dial: -BEARING, needle, scale: 1.15 });
  boots();
  if (turned > 0.98) sight(now);
}

function boots() {
  pen.fillStyle = "#6d5a43";
  for (const x of [430, 530]) {
    pen.beginPath();
    pen.ellipse(x, 405, 24, 40, 0, 0, 7);
    pen.fill();
  }
}

function sight(now) {
  pen.strokeStyle = MOSS;
  pen.lineWidth = 5;
  pen.setLineDash([14, 12]);
  stroke([[480, 44], [480, mix(44, 4, ease(now, 31, 32))]]);
  pen.setLineDash([]);
}

// --- in the land ---
function inTheLand(now) {
  pen.fillStyle = "#e4edf0";
  pen.fillRect(0, 0, WIDTH, 230);
  ridge("#c6d3c2", 200, 46, 0.9);
  ridge("#a9bfa5", 250, 34, 2.4);
  pen.fillStyle = SOFT;
  pen.fillRect(0, 280, WIDTH, 170);
  tree(480, 300, 0.9);
  cairn(760, 262, 1, 0.35);
  const first = ease(now, 36, 40), second = ease(now, 41, 43.6);
  dashes([[480, 440], [480, 316]], ease(now, 34.6, 35.8));
  if (now > 40.2) dashes([[500, 306], [742, 266]], ease(now, 40.2, 41));
  const at = now < 41 ? [mix(480, 496, first), mix(432, 318, first)] : [mix(496, 738, second), mix(318, 274, second)];
  walker(...at, now < 41 ? mix(1.3, 0.75, first) : mix(0.75, 0.5, second), now);
}

function ridge(colour, base, height, seed) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.moveTo(0, 300);
  for (let x = 0; x <= WIDTH; x += 20) pen.lineTo(x, base + height * Math.sin(x / 130 + seed) * Math.cos(x / 310 + seed));
  pen.lineTo(WIDTH, 300);
  pen.fill();
}

function dashes([from, to], part) {
  pen.strokeStyle = AMBER;
  pen.lineWidth = 4;
  pen.setLineDash([10, 10]);
  stroke([from, [mix(from[0], to[0], part), mix(from[1], to[1], part)]]);
  pen.setLineDash([]);
}

function tree(x, y, scale) {
  pen.fillStyle = "#6d5a43";
  pen.fillRect(x - 6 * scale, y - 20 * scale, 12 * scale, 34 * scale);
  pen.fillStyle = MOSS;
  for (const lift of [0, 34, 68]) {
    pen.beginPath();
    pen.moveTo(x, y - (76 + lift) * scale);
    pen.lineTo(x + (46 - lift / 4) * scale, y - (16 + lift) * scale);
    pen.lineTo(x - (46 - lift / 4) * scale, y - (16 + lift) * scale);
    pen.fill();
  }
}

function walker(x, y, scale, now) {
  const stride = Math.sin(now * 7) * 12 * scale;
  pen.strokeStyle = INK;
  pen.lineWidth = 6 * scale;
  pen.lineCap = "round";
  stroke([[x - stride, y], [x, y - 26 * scale], [x + stride, y]]);
  stroke([[x, y - 26 * scale], [x, y - 58 * scale]]);
  disc(x, y - 70 * scale, 10 * scale, INK);
  pen.fillStyle = AMBER;
  pen.fillRect(x - 11 * scale, y - 56 * scale, 22 * scale, 26 * scale);
  pen.lineCap = "butt";
}

function cairn(x, y, part, scale = 1) {
  const stones = [[120, 44], [92, 38], [62, 32], [38, 24]];
  let foot = y;
  stones.forEach(([wide, high], n) => {
    const shown = Math.min(1, Math.max(0, part * 4 - n));
    if (!shown) return;
    pen.fillStyle = ["#85887d", "#9a9d92", "#74786d", "#b0b3a8"][n];
    pen.beginPath();
    pen.ellipse(x + (n % 2 ? 5 : -3) * scale, foot - (high / 2 + (1 - shown) * 40) * scale, wide * scale * 0.75, (high / 2) * scale, 0, 0, 7);
    pen.globalAlpha = shown;
    pen.fill();
    pen.globalAlpha = 1;
    foot -= high * 0.92 * scale;
  });
}

function disc(x, y, radius, colour) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 7);
  pen.fill();
}

function stroke(points) {
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x, y);
  pen.stroke();
}

// [milliseconds, is key frame, data in base64] of each frame, in order.
async function encode(fontData) {
  document.fonts.add(await new FontFace("Film", `url(data:font/woff2;base64,${fontData})`, { weight: "100 900" }).load());
  const frames = [];
  const encoder = new VideoEncoder({ output: (chunk) => frames.push(packed(chunk)), error: (fault) => { throw fault; } });
  encoder.configure({ codec: "vp09.00.31.08", width: WIDTH, height: HEIGHT, framerate: FPS, bitrate: 18_000, latencyMode: "quality" });
  for (let n = 0; n < SECONDS * FPS; n++) {
    draw(n / FPS);
    const frame = new VideoFrame(stage, { timestamp: Math.round((n / FPS) * 1e6), duration: Math.round(1e6 / FPS) });
    encoder.encode(frame, { keyFrame: n % KEY_FRAME_EVERY === 0 });
    frame.close();
    while (encoder.encodeQueueSize > 8) await new Promise((go) => setTimeout(go, 5));
  }
  await encoder.flush();
  return { width: WIDTH, height: HEIGHT, seconds: SECONDS, frames };
}

function packed(chunk) {
  const bytes = new Uint8Array(chunk.byteLength);
  chunk.copyTo(bytes);
  return [Math.round(chunk.timestamp / 1000), chunk.type === "key", btoa(String.fromCharCode(...bytes))];
}
