// A button inside the picture carries what it asks for.
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (button && element.contains(button)) trigger("click", JSON.parse(button.dataset.act));
});
