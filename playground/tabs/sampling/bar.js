// A slider in the picture asks for what it says once it is let go, and says it meanwhile.
const slideOf = (event) => event.target.closest("input[data-slide]");
let held = null; // what the slider in the keyboard's hand asks for: drawing anew must not take it away

element.addEventListener("input", (event) => {
  const slide = slideOf(event);
  if (slide) slide.nextElementSibling.textContent = slide.value;
});
element.addEventListener("change", (event) => {
  const slide = slideOf(event);
  if (!slide) return;
  held = slide === document.activeElement ? slide.dataset.slide : null;
  trigger("click", { ...JSON.parse(slide.dataset.slide), value: slide.valueAsNumber });
});
watch("value", () => {
  if (held && document.activeElement === document.body)
    [...element.querySelectorAll("input[data-slide]")].find((slide) => slide.dataset.slide === held)?.focus();
});
