// The line is dragged by the slider under it, or anywhere in the picture; the measures follow at once.
const number = (value, digits = 3) => (Number.isFinite(value) ? value.toFixed(digits).replace("-", "−") : "–");

function measures({ levels, hits, alarms, alike, different, ratio }, at) {
  const tp = hits[at], fp = alarms[at], fn = alike - tp, tn = different - fp, all = alike + different;
  const spread = Math.sqrt(alike) * Math.sqrt(different) * Math.sqrt(tp + fp) * Math.sqrt(fn + tn);
  return {
    threshold: number(levels[at]), accuracy: number((tp + tn) / all), f1: number((2 * tp) / Math.max(2 * tp + fp + fn, 1)),
    mcc: number(spread ? (tp * tn - fp * fn) / spread : 0), precision: number(tp / (tp + fp)), recall: number(tp / alike),
    cost: number((fn + ratio * fp) / all), counts: [tp, fn, fp, tn].join(" · ") };
}

function show() {
  const plot = element.querySelector("[data-cuts]");
  if (!plot) return;
  const slide = plot.querySelector("input"), cuts = JSON.parse(plot.dataset.cuts);
  const said = measures(cuts, slide.valueAsNumber);
  for (const [name, value] of Object.entries(said)) {
    const place = element.querySelector(`[data-value="${name}"]`);
    if (place) place.textContent = value;
  }
  slide.setAttribute("aria-valuetext", said.threshold);
  plot.querySelector(".line").style.left = `${(100 * slide.valueAsNumber) / slide.max}%`;
  element.querySelector("[data-back]").disabled = slide.value === slide.dataset.start;
}

function drag(event) {
  const plot = event.target.closest("[data-cuts]");
  if (!plot || !(event.buttons & 1) || event.target.matches("input")) return;
  const { left, width } = plot.getBoundingClientRect(), slide = plot.querySelector("input");
  slide.value = Math.round(((event.clientX - left) / width) * slide.max);
  show();
  event.preventDefault();
}

for (const kind of ["pointerdown", "pointermove"]) element.addEventListener(kind, drag);
element.addEventListener("input", show);
element.addEventListener("click", (event) => {
  if (!event.target.closest("[data-back]")) return;
  const slide = element.querySelector("[data-cuts] input");
  slide.value = slide.dataset.start;
  show();
});
watch("value", show);
show();
