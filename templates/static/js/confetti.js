// Confetti for what is rare: two seconds on a canvas that nobody can hit, and none where motion is unwanted.
const TAKES = 2200;
const PIECES = 90;
const COLOURS = ["--amber", "--accent", "--amber-line", "--accent-line"];
const still = matchMedia("(prefers-reduced-motion: reduce)");

export function confetti() {
  if (still.matches || document.hidden || document.querySelector(".confetti")) return;
  const canvas = document.createElement("canvas");
  canvas.className = "confetti";
  canvas.setAttribute("aria-hidden", "true");
  canvas.width = innerWidth;
  canvas.height = innerHeight;
  document.body.append(canvas);
  const pieces = Array.from({ length: PIECES }, () => thrown(canvas));
  const begun = performance.now();
  const step = (now) => {
    const time = now - begun;
    if (time > TAKES) return canvas.remove();
    draw(canvas, pieces, time);
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

function thrown({ width, height }) {
  const style = getComputedStyle(document.documentElement);
  const colours = COLOURS.map((name) => resolved(style.getPropertyValue(name))).filter(Boolean);
  return {
    x: width / 2 + (Math.random() - 0.5) * width * 0.3,
    y: height * 0.18,
    sideways: (Math.random() - 0.5) * width * 0.55,
    upwards: height * (0.1 + Math.random() * 0.25),
    fall: height * (0.35 + Math.random() * 0.35),
    size: 5 + Math.random() * 5,
    turn: Math.random() * 6,
    colour: colours[Math.floor(Math.random() * colours.length)] ?? "#b7791f",
  };
}

// light-dark() is no colour to a canvas: the browser is asked which one it is here.
function resolved(value) {
  if (!value) return "";
  const probe = document.createElement("span");
  probe.style.color = value;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function draw(canvas, pieces, time) {
  const pen = canvas.getContext("2d");
  const seconds = time / 1000;
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.globalAlpha = Math.min(1, (TAKES - time) / 500);
  for (const { x, y, sideways, upwards, fall, size, turn, colour } of pieces) {
    pen.save();
    pen.translate(x + sideways * seconds, y - upwards * seconds + fall * seconds ** 2);
    pen.rotate(turn + seconds * 4);
    pen.fillStyle = colour;
    pen.fillRect(-size / 2, -size / 4, size, size / 2);
    pen.restore();
  }
}
