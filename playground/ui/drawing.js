// The script draws into the template's SVG and writes the points to props.value, which events then send.
const words = props.words[/^zh/i.test(navigator.language) ? "zh" : "en"];
const part = (selector) => element.querySelector(selector);
const square = part("svg"), dots = part(".points"), cursor = part(".cursor");
const REACH = { touch: 9, pen: 7, mouse: 5 }; // hundredths around a point that still hit it
const APART = 6; // hundredths between the points of a trail
const STEP = 5; // hundredths that an arrow key moves; with Shift one
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

let points = [], undone = [], at = [0, 0], trail = false;

const clamp = (value) => Math.max(-100, Math.min(100, Math.round(value)));
const far = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
const number = (hundredths) => (hundredths / 100).toFixed(2).replace("-", "−");
const read = () => (Array.isArray(props.value) ? props.value.map(([x, y]) => [x, y]) : []);

function show() {
  const dot = ([x, y]) => {
    const circle = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    for (const [name, value] of Object.entries({ cx: x, cy: -y, r: 2.6 })) circle.setAttribute(name, value);
    return circle;
  };
  dots.replaceChildren(...points.map(dot));
  cursor.setAttribute("transform", `translate(${at[0]} ${-at[1]})`);
  part(".count").textContent = words.count.replace("{n}", points.length);
  part(".undo").disabled = !undone.length;
  part(".clear").disabled = !points.length;
}

function tell(sentence) {
  part(".said").textContent = sentence;
}

function write() {
  props.value = points.map((point) => [...point]);
  show();
  trigger("input");
}

function change(next) {
  undone.push(points);
  points = next;
  tell("");
  write();
}

function nearest(place, reach) {
  const distances = points.map((point) => far(point, place));
  const index = distances.indexOf(Math.min(...distances));
  return distances[index] <= reach ? index : -1;
}

function add(place, joins = false) {
  if (points.length >= props.most) return tell(words.full);
  if (!joins) return change([...points, place]);
  points = [...points, place]; // a trail is undone at once
  write();
}

function toggle(place, reach) {
  const index = nearest(place, reach);
  if (index < 0) add(place);
  else change(points.toSpliced(index, 1));
  return index < 0;
}

function place(event) {
  const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(square.getScreenCTM().inverse());
  return [clamp(x), clamp(-y)];
}

square.addEventListener("pointerdown", (event) => {
  if (event.button) return;
  square.setPointerCapture(event.pointerId);
  at = place(event);
  trail = toggle(at, REACH[event.pointerType] ?? REACH.mouse);
});
square.addEventListener("pointermove", (event) => {
  if (!trail) return;
  const next = place(event);
  if (far(next, at) < APART) return;
  at = next;
  add(at, true);
});
for (const end of ["pointerup", "pointercancel"]) square.addEventListener(end, () => (trail = false));

square.addEventListener("keydown", (event) => {
  const move = MOVES[event.key];
  if (move) {
    at = at.map((value, axis) => clamp(value + move[axis] * (event.shiftKey ? 1 : STEP)));
    tell(words.at.replace("{x}", number(at[0])).replace("{y}", number(at[1])));
    show();
  } else if (event.key === "Enter" || event.key === " ") toggle(at, STEP / 2);
  else return;
  event.preventDefault();
});

part(".undo").addEventListener("click", () => {
  points = undone.pop();
  tell("");
  write();
});
part(".clear").addEventListener("click", () => change([]));

part(".field-title").textContent = words.title;
part(".field-help").textContent = words.help;
part(".note").textContent = words.how;
part(".undo").textContent = words.undo;
part(".clear").textContent = words.clear;
square.setAttribute("aria-label", `${words.title}. ${words.how}`);
watch("value", () => {
  [points, undone] = [read(), []];
  show();
});
points = read();
show();
