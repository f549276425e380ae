// One DOM node for the life of the component: Plotly.react changes it in place, so zoom survives and
// nothing leaks. Colours written as "var(--name)" follow the page, light or dark.
const node = element.querySelector(".live-plot");
const heading = element.querySelector(".card-title");
const config = { displaylogo: false, modeBarButtons: [["zoom2d", "pan2d", "resetScale2d", "toImage"]] };
let waiting = false, cost = 0; // cost: milliseconds that the last drawing took

const colour = (name) => getComputedStyle(element).getPropertyValue(name.slice(4, -1)).trim();
const read = (json) =>
  JSON.parse(json, (key, value) =>
    typeof value === "string" && value.startsWith("var(--") ? colour(value) : value);

const axis = (key, given) => ({
  gridcolor: colour("var(--line)"), linecolor: colour("var(--line)"), zeroline: false, automargin: true,
  showgrid: key.startsWith("y"), showline: key.startsWith("x"), ...given });

function themed(layout) {
  const ink = colour("var(--ink)"), soft = colour("var(--soft)"), card = colour("var(--card)");
  const font = { family: colour("var(--mono)"), size: 11, color: soft };
  const axes = Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key)).concat("xaxis", "yaxis");
  return {
    uirevision: "keep", margin: { l: 46, r: 12, t: 12, b: 40 }, ...layout, autosize: true, template: null,
    ...Object.fromEntries(axes.map((key) => [key, axis(key, layout[key])])),
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    colorway: [1, 2, 3, 4, 5, 6, 7, 8].map((i) => colour(`var(--series-${i})`)),
    font: { ...font, ...layout.font },
    legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", ...layout.legend },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: soft, activecolor: ink },
    hoverlabel: { bgcolor: card, bordercolor: soft, font: { ...font, color: ink }, ...layout.hoverlabel } };
}

function draw() {
  waiting = false;
  if (!element.isConnected || !props.value) return;
  const { data, layout = {}, frames } = read(props.value);
  if (layout.height) node.style.height = `${layout.height}px`;
  const { title = "", description = title } = layout.meta ?? {};
  heading.textContent = title;
  node.setAttribute("aria-label", description);
  const begun = performance.now();
  Plotly.react(node, { data, layout: themed(layout), frames, config });
  cost = performance.now() - begun;
}

// At most half of the page's time goes into drawing: the rest of the page has to keep up with a run.
function redraw() {
  if (!waiting) setTimeout(() => requestAnimationFrame(draw), cost);
  waiting = true;
}

const dark = new MutationObserver(() => (element.isConnected ? redraw() : dark.disconnect()));
dark.observe(document.body, { attributeFilter: ["class"] });
new ResizeObserver(() => node.data && node.clientWidth && Plotly.Plots.resize(node)).observe(node);
watch("value", redraw);
redraw();
