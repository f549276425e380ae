// What the page does in the browser alone: the address bar follows the view, files are saved and
// opened without a copy on the server, the language switch reloads with ?lang=.
const KEPT = ["lang", "__theme"]; // of the address, whatever is shown
const framed = window.parent !== window; // in a Space's frame nobody sees this address

function show(query) {
  if (framed) return;
  const next = new URLSearchParams(query), now = new URLSearchParams(location.search);
  for (const name of KEPT) if (now.has(name)) next.set(name, now.get(name));
  const text = next.toString();
  history.replaceState(history.state, "", text ? `?${text}` : location.pathname);
}

function download(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

window.whybox = {
  queries: {}, // the last view of each tab
  panels: {}, // the panel that each tab with panels shows

  select(tab, group = tab) {
    this.panels[group] = tab;
    // Before the page has started, the address says what to open.
    if (!window.whyboxStarted || new URLSearchParams(location.search).get("tab") === tab) return;
    show(this.queries[tab] ?? (tab === "home" ? "" : `tab=${tab}`));
  },

  // A tab that is shown for the first time selects a panel of its own accord.
  reselect(group) {
    if (group in this.panels) this.select(this.panels[group], group);
  },

  follow(tab, query) {
    this.queries[tab] = query;
    if ((new URLSearchParams(location.search).get("tab") ?? tab) === tab) show(query);
  },

  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // No clipboard outside https and localhost.
      const area = Object.assign(document.createElement("textarea"), { value: text });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  },

  save(file) {
    if (!file) return;
    const bytes = Uint8Array.from(atob(file.data), (character) => character.charCodeAt(0));
    download(file.name, new Blob([bytes]));
  },

  open(limit) {
    return new Promise((resolve) => {
      const input = Object.assign(document.createElement("input"), { type: "file", accept: ".json" });
      input.onchange = async () => {
        const file = input.files[0];
        resolve(file && file.size <= limit ? await file.text() : "too long");
      };
      input.oncancel = () => resolve("");
      input.click();
    });
  },

  async picture(tab) {
    const paper = getComputedStyle(document.body).getPropertyValue("--card").trim() || "#fff";
    for (const node of document.querySelectorAll(`#live-${tab} .live-plot`)) {
      if (!node.data || !node.clientWidth) continue;
      const figure = { data: node.data, layout: { ...node.layout, paper_bgcolor: paper } };
      const size = { width: node.clientWidth, height: node.clientHeight };
      await Plotly.downloadImage(figure, { format: "png", scale: 2, filename: `whybox-${tab}`, ...size });
    }
    for (const node of document.querySelectorAll(`#live-${tab} .clouds`)) {
      if (node.clientWidth && node.firstChild) node.picture().toBlob((blob) => download(`whybox-${tab}.png`, blob));
    }
  },
};

const language = new URLSearchParams(location.search).get("lang") || navigator.language || "en";
const current = /^zh/i.test(language) ? "zh" : "en";
document.documentElement.lang = current;
for (const link of element.querySelectorAll("[data-lang]")) {
  if (link.dataset.lang === current) {
    link.classList.add("on");
    link.setAttribute("aria-current", "true");
  }
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const query = new URLSearchParams(location.search);
    query.set("lang", link.dataset.lang);
    location.search = query.toString();
  });
}
