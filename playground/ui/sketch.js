// The script draws on the template's canvas and writes the pixels, as runs of letters, to props.value.
const words = props.words[/^zh/i.test(navigator.language) ? "zh" : "en"];
const part = (selector) => element.querySelector(selector);
const { side, letters, colours } = props;
const canvas = part("canvas"), pen = canvas.getContext("2d");
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const FILL = 3; // place among the brushes; before it their widths are 1, 2 and 3 pixels
const MOST_UNDONE = 50;

let pixels = [], undone = [], colour = 1, brush = 1, cursor = [side >> 1, side >> 1], last = null, before = null;

const inside = ([x, y]) => x >= 0 && y >= 0 && x < side && y < side;
const clamp = (value) => Math.max(0, Math.min(side - 1, value));

function read() {
  const runs = [...String(props.value || "").matchAll(/([a-p])(\d{0,4})/g)];
  const found = runs.flatMap(([, letter, count]) => Array(Math.min(Number(count || 1), side * side)).fill(letters.indexOf(letter)));
  return Array.from({ length: side * side }, (_, place) => found[place] ?? 0);
}

function written() {
  if (!pixels.some(Boolean)) return "";
  let text = "";
  for (let start = 0, end = 0; start < pixels.length; start = end) {
    while (pixels[end] === pixels[start] && end < pixels.length) end += 1;
    text += letters[pixels[start]] + (end - start > 1 ? end - start : "");
  }
  return text;
}

function show() {
  pixels.forEach((place, at) => {
    pen.fillStyle = colours[place];
    pen.fillRect(at % side, Math.floor(at / side), 1, 1);
  });
  part(".undo").disabled = !undone.length;
  part(".clear").disabled = !props.value;
}

function write() {
  props.value = written();
  show();
  trigger("input");
}

function begin() {
  before = [...pixels];
}

function end() {
  last = null;
  if (before && before.some((place, at) => place !== pixels[at])) {
    undone = [...undone.slice(1 - MOST_UNDONE), before];
    write();
  }
  before = null;
}

function dot([x, y]) {
  const reach = brush >> 1; // one pixel, four, nine
  for (let dx = -reach; dx < brush + 1 - reach; dx += 1)
    for (let dy = -reach; dy < brush + 1 - reach; dy += 1)
      if (inside([x + dx, y + dy])) pixels[(y + dy) * side + x + dx] = colour;
}

function stroke(from, to) {
  const steps = Math.max(1, Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]));
  for (let step = 0; step <= steps; step += 1)
    dot(from.map((start, axis) => Math.round(start + ((to[axis] - start) * step) / steps)));
}

function fill([x, y]) {
  const old = pixels[y * side + x];
  const waiting = old === colour ? [] : [[x, y]];
  while (waiting.length) {
    const [u, v] = waiting.pop();
    if (!inside([u, v]) || pixels[v * side + u] !== old) continue;
    pixels[v * side + u] = colour;
    waiting.push(...Object.values(MOVES).map(([dx, dy]) => [u + dx, v + dy]));
  }
}

function put(place) {
  if (brush === FILL) fill(place);
  else stroke(last ?? place, place);
  last = place;
  show();
}

function placeOf({ clientX, clientY }) {
  const box = canvas.getBoundingClientRect();
  return [(clientX - box.left) / box.width, (clientY - box.top) / box.height].map((share) => clamp(Math.floor(share * side)));
}

canvas.addEventListener("pointerdown", (event) => {
  if (event.button) return;
  canvas.setPointerCapture(event.pointerId);
  begin();
  cursor = placeOf(event);
  point();
  put(cursor);
});
canvas.addEventListener("pointermove", (event) => {
  if (!last || brush === FILL) return;
  for (const each of event.getCoalescedEvents?.() ?? []) put(placeOf(each));
  put(placeOf(event));
});
for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, end);

function point() {
  const mark = part(".cursor");
  mark.style.left = `${(100 * cursor[0]) / side}%`;
  mark.style.top = `${(100 * cursor[1]) / side}%`;
}

canvas.addEventListener("keydown", (event) => {
  const move = MOVES[event.key];
  if (move) {
    cursor = cursor.map((value, axis) => clamp(value + move[axis]));
    part(".said").textContent = words.at.replace("{x}", cursor[0] + 1).replace("{y}", cursor[1] + 1);
    point();
  } else if (event.key === "Enter" || event.key === " ") {
    begin();
    put(cursor);
    end();
  } else return;
  event.preventDefault();
});

function choose(buttons, chosen) {
  buttons.forEach((button, place) => {
    button.classList.toggle("on", place === chosen);
    button.setAttribute(button.hasAttribute("role") ? "aria-checked" : "aria-pressed", place === chosen);
  });
}

function button(attributes, act) {
  const made = document.createElement("button");
  made.type = "button";
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.addEventListener("click", act);
  return made;
}

const swatches = colours.map((value, place) =>
  button({ role: "radio", "aria-label": words.colours[place], title: words.colours[place], style: `background: ${value}` }, () => {
    colour = place;
    choose(swatches, colour);
  }),
);
const brushes = words.brushes.map((name, place) => {
  const made = button({}, () => {
    brush = place;
    choose(brushes, brush);
  });
  made.textContent = name;
  return made;
});

part(".undo").addEventListener("click", () => {
  pixels = undone.pop();
  write();
});
part(".clear").addEventListener("click", () => {
  undone.push(pixels);
  pixels = Array(side * side).fill(0);
  write();
});

canvas.width = canvas.height = side;
part(".sketch-colours").replaceChildren(...swatches);
part(".brushes").replaceChildren(...brushes);
part(".sketch-colours").setAttribute("aria-label", words.colour);
part(".brushes").setAttribute("aria-label", words.brush);
part(".sketch").setAttribute("aria-label", words.title);
canvas.setAttribute("aria-label", `${words.title}. ${words.how}`);
part(".field-title").textContent = words.title;
part(".field-help").textContent = words.help;
part(".note").textContent = words.how;
part(".undo").textContent = words.undo;
part(".clear").textContent = words.clear;
choose(swatches, colour);
choose(brushes, brush);
point();
watch("value", () => {
  if (props.value === written()) return;
  [pixels, undone] = [read(), []];
  show();
});
pixels = read();
show();
