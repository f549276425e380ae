// Cards with a canvas each. Nodes are made once and filled in place; all clouds turn together.
const root = element.querySelector(".clouds");
const UNITS = 100, CLASSES = 10, START = { yaw: 0.6, pitch: 0.35 };
const camera = { ...START };
const cards = [];
let shown = null, labels = [], waiting = false;

const colour = (name) => getComputedStyle(element).getPropertyValue(name).trim();
const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

function made(name, className, ...children) {
  const node = Object.assign(document.createElement(name), { className });
  node.append(...children);
  return node;
}

function write(node, html) {
  if (node.written === html) return;
  node.innerHTML = node.written = html;
}

const scrubber = makeScrubber();
const legend = made("div", "legend");

// A menu inside a card asks for what it carries, with what was chosen as its value; the next drawing says what is.
element.addEventListener("change", (event) => {
  const menu = event.target.closest("select[data-choice]");
  if (!menu) return;
  trigger("click", { ...JSON.parse(menu.dataset.choice), value: menu.value });
  menu.value = [...menu.options].find((option) => option.defaultSelected)?.value;
});

function card() {
  const [head, side, foot] = ["cloud-head", "cloud-side", "cloud-foot"].map((name) => made("div", name));
  const canvas = made("canvas", "cloud");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  const article = made("article", "card", head, made("div", "cloud-body", canvas, side), foot);
  turning(canvas);
  return { article, head, side, foot, canvas };
}

function turning(canvas) {
  let from = null;
  canvas.addEventListener("pointerdown", (event) => {
    from = { x: event.clientX, y: event.clientY, ...camera };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!from) return;
    const scale = 3 / canvas.clientWidth;
    turn(from.yaw + scale * (event.clientX - from.x), from.pitch + scale * (event.clientY - from.y));
  });
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => { from = null; });
  canvas.addEventListener("dblclick", () => turn(START.yaw, START.pitch));
  canvas.addEventListener("keydown", (event) => {
    const [x, y] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [];
    if (x === undefined) return;
    event.preventDefault();
    turn(camera.yaw + 0.15 * x, camera.pitch + 0.15 * y);
  });
}

function turn(yaw, pitch) {
  Object.assign(camera, { yaw, pitch: Math.max(-1.5, Math.min(1.5, pitch)) });
  redraw();
}

function fill() {
  if (!element.isConnected || !props.value) return;
  shown = JSON.parse(props.value);
  labels = bytes(shown.labels);
  while (cards.length < shown.cards.length) cards.push(card());
  cards.length = shown.cards.length;
  shown.cards.forEach((given, place) => {
    const node = cards[place];
    for (const part of ["head", "side", "foot"]) write(node[part], given[part]);
    node.canvas.setAttribute("aria-label", given.description);
    node.kind = given.kind;
    node.points = new Int8Array(bytes(given.points).buffer);
  });
  const grid = [...cards.map((each) => each.article)];
  if (root.children.length !== grid.length || grid.some((node, place) => root.children[place] !== node))
    root.replaceChildren(...grid);
  root.classList.toggle("single", grid.length === 1);
  write(legend, shown.legend);
  legend.hidden = !grid.length;
  scrubber.fill(grid.length ? shown.scrubber : null);
  redraw();
}

function redraw() {
  if (!waiting) requestAnimationFrame(draw);
  waiting = true;
}

function draw() {
  waiting = false;
  if (!element.isConnected) return;
  const paint = {
    line: colour("--line"), soft: colour("--soft"),
    classes: Array.from({ length: CLASSES }, (_, place) => colour(`--class-${place}`)) };
  for (const each of cards) {
    const { canvas } = each, width = canvas.clientWidth, ratio = window.devicePixelRatio || 1;
    if (!width) continue;
    if (canvas.width !== Math.round(width * ratio)) canvas.width = canvas.height = Math.round(width * ratio);
    paintCloud(canvas.getContext("2d"), canvas.width, each, paint, ratio);
  }
}

// Turned by the camera: to the right, downwards, towards the eye.
function turned(x, y, z) {
  const [cy, sy, cp, sp] = [Math.cos(camera.yaw), Math.sin(camera.yaw), Math.cos(camera.pitch), Math.sin(camera.pitch)];
  const [right, depth] = [cy * x + sy * y, cy * y - sy * x];
  return [right, -(cp * z + sp * depth), sp * z - cp * depth];
}

function paintCloud(pen, size, { kind, points }, paint, ratio) {
  // Components are about their mean, so that some lie a little outside the unit sphere.
  const flat = kind === "circle", middle = size / 2, radius = middle * (kind === "components" ? 0.78 : 0.95);
  const place = (x, y, z) => (flat ? [x, -y, 1] : turned(x, y, z));
  pen.clearRect(0, 0, size, size);
  pen.lineWidth = ratio;
  pen.strokeStyle = paint.line;
  frame(pen, place, kind, middle, radius);
  const order = Array.from({ length: points.length / 3 }, (_, index) => {
    const [x, y, near] = place(...[0, 1, 2].map((axis) => points[3 * index + axis] / UNITS));
    return { x: middle + radius * x, y: middle + radius * y, near, index };
  }).sort((a, b) => a.near - b.near);
  for (const { x, y, near, index } of order) {
    pen.globalAlpha = flat ? 0.75 : 0.4 + 0.25 * (near + 1);
    pen.fillStyle = paint.classes[labels[index] % CLASSES];
    pen.beginPath();
    pen.arc(x, y, ratio * (flat ? 2.4 : 1.9 + 0.5 * near), 0, 2 * Math.PI);
    pen.fill();
  }
  pen.globalAlpha = 1;
}

function frame(pen, place, kind, middle, radius) {
  const path = (at) => {
    pen.beginPath();
    for (let step = 0; step <= 60; step += 1) {
      const [x, y] = place(...at((step / 60) * 2 * Math.PI));
      pen.lineTo(middle + radius * x, middle + radius * y);
    }
    pen.stroke();
  };
  pen.beginPath();
  pen.arc(middle, middle, radius, 0, 2 * Math.PI);
  pen.stroke();
  if (kind === "sphere") {
    for (const height of [-0.5, 0, 0.5]) {
      const across = Math.sqrt(1 - height * height);
      path((angle) => [across * Math.cos(angle), across * Math.sin(angle), height]);
    }
    for (const turn of [0, Math.PI / 3, (2 * Math.PI) / 3])
      path((angle) => [Math.cos(turn) * Math.cos(angle), Math.sin(turn) * Math.cos(angle), Math.sin(angle)]);
  } else if (kind === "components") {
    for (const axis of [0, 1, 2]) path((angle) => [0, 1, 2].map((each) => (each === axis ? Math.cos(angle) : 0)));
  }
}

// For the PNG button: all clouds side by side.
root.picture = () => {
  const canvases = cards.map((each) => each.canvas), sheet = document.createElement("canvas");
  const size = Math.max(...canvases.map((canvas) => canvas.width));
  Object.assign(sheet, { width: size * canvases.length, height: size });
  const pen = sheet.getContext("2d");
  pen.fillStyle = colour("--card");
  pen.fillRect(0, 0, sheet.width, sheet.height);
  canvases.forEach((canvas, place) => pen.drawImage(canvas, place * size, 0, size, size));
  return sheet;
};

root.after(scrubber.node, legend);
const dark = new MutationObserver(() => (element.isConnected ? redraw() : dark.disconnect()));
dark.observe(document.body, { attributeFilter: ["class"] });
new ResizeObserver(redraw).observe(root);
watch("value", fill);
fill();
