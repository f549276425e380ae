// A slider through the recorded pictures: the newest wish goes out once the last one has been drawn.
function makeScrubber() {
  const slider = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 1000, step: 1 });
  const said = Object.assign(document.createElement("span"), { className: "meta" });
  const node = Object.assign(document.createElement("div"), { className: "scrubber" });
  let wish = null, underway = false, scrubbing = false;
  node.append(slider, said);

  function ask() {
    if (underway || wish === null) return;
    underway = true;
    trigger("click", { act: "view", field: "moment", value: wish });
    wish = null;
    setTimeout(answered, 1000); // whatever became of it
  }

  function answered() {
    underway = false;
    ask();
  }

  function fill(given) {
    const { moment = 1000, label = "", enabled = false, said: words = "" } = given ?? {};
    said.textContent = words;
    slider.disabled = !enabled;
    slider.setAttribute("aria-label", label);
    if (!scrubbing && wish === null && !underway) slider.value = moment;
    node.hidden = !given;
    answered();
  }

  slider.addEventListener("input", () => { scrubbing = true; wish = Number(slider.value); ask(); });
  slider.addEventListener("change", () => { scrubbing = false; });
  return { node, fill };
}
