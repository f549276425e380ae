// Uploads the chosen file and tells the server where it lies; the answer is what the control holds.
const words = props.words[/^zh/i.test(navigator.language) ? "zh" : "en"];
const part = (selector) => element.querySelector(selector);
const held = () => props.value?.file ?? null;
const filled = (sentence, name) => sentence.replace("{name}", name);

function size(bytes) {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function show() {
  const { problem = "", busy = "" } = props.value || {};
  const file = held();
  const name = file ? `\u2068${file.name}\u2069, ${size(file.size)}` : words.none;
  part(".upload-name").textContent = busy ? filled(words.busy, `\u2068${busy}\u2069`) : name;
  part(".upload-file").classList.toggle("filled", Boolean(file));
  part(".choose").textContent = file ? words.replace : words.choose;
  part(".remove").hidden = !file;
  part(".problem").textContent = problem;
}

function set(value) {
  props.value = value;
  show();
}

function refused({ name, size: bytes }) {
  if (!props.accept.some((ending) => name.toLowerCase().endsWith(ending))) return filled(words.ending, name);
  return bytes > props.limit ? filled(words.large, name) : "";
}

async function take(file) {
  const problem = refused(file);
  if (problem) return set({ file: held(), problem });
  set({ file: held(), busy: file.name });
  try {
    const { path } = await upload(file);
    trigger("upload", { path, name: file.name });
  } catch {
    set({ file: held(), problem: words.lost });
  }
}

const input = part("input");
input.accept = props.accept.join(",");
part(".upload").setAttribute("aria-label", words.title);
part(".field-title").textContent = words.title;
part(".field-help").textContent = words.help;
part(".note").textContent = words.kept;
part(".remove").textContent = words.remove;
part(".choose").addEventListener("click", () => input.click());
part(".remove").addEventListener("click", () => {
  set({ file: null });
  part(".choose").focus();
});
input.addEventListener("change", () => {
  if (input.files[0]) take(input.files[0]);
  input.value = ""; // so that the same file can be chosen again
});
element.addEventListener("dragover", (event) => event.preventDefault());
element.addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
});
watch("value", show);
show();
