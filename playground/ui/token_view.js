// One popover for the page tells about a token: the mouse previews it, a click, a tap or Enter keeps it open.
// What it tells stands beside the cards, as JSON, once a run is over.
const home = element.closest(".gradio-container") ?? document.body;
const shares = !element.closest(".pinned"); // a run laid aside is looked at only
const known = { source: null, data: null };

function details() {
  const source = element.querySelector("template.details");
  if (source !== known.source) Object.assign(known, { source, data: source && JSON.parse(source.content.textContent) });
  return known.data;
}

function popover() {
  let node = document.getElementById("token-popover");
  if (!node) {
    node = Object.assign(document.createElement("div"), { id: "token-popover", hidden: true });
    node.setAttribute("role", "dialog");
    const close = (back) => {
      if (node.hidden) return;
      const { anchor } = node;
      Object.assign(node, { hidden: true, anchor: null, kept: false });
      anchor?.classList.remove("open");
      if (back) anchor?.closest(".tokens")?.focus();
    };
    node.close = close;
    node.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close(true);
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const buttons = [...node.querySelectorAll("button:not(:disabled)")];
      buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length]?.focus();
    });
    document.addEventListener("pointerdown", (event) => {
      if (!node.contains(event.target) && !event.target.closest?.(".tokens i")) close();
    });
    document.addEventListener("scroll", (event) => node.contains(event.target) || close(), true);
    window.addEventListener("resize", () => close());
    home.append(node);
  }
  return node;
}

function made(name, text, className = "", ...children) {
  const node = document.createElement(name);
  if (text) node.textContent = text;
  if (className) node.className = className;
  node.append(...children);
  return node;
}

function place(token) {
  const cards = [...element.querySelectorAll("article")];
  const card = token.closest("article");
  return { row: cards.indexOf(card), step: [...card.querySelectorAll(".tokens i")].indexOf(token) };
}

const number = (value) => (value >= 0.001 || value === 0 ? String(+value.toPrecision(3)) : value.toExponential(1));

function facts(row, at, labels) {
  const list = made("dl");
  const say = (label, value) => list.append(made("dt", label), made("dd", value));
  say(labels.p, number(row.p[at]));
  if (!row.entropy) return list;
  say(labels.entropy, `${number(row.entropy[at])} ${labels.nats}`);
  if (!row.p_eos) return list;
  const cut = row.cut.includes(at) ? `, ${labels.cut}` : "";
  say(labels.p_eos, `${number(row.p_eos[at])}, ${labels.rank} ${row.rank[at]}${cut}`);
  return list;
}

function alternatives(where, row, at, data, chosen) {
  const list = made("div", "", "alternatives");
  row.best[at].forEach((token, index) => {
    const p = row.chance[at][index];
    const bar = made("span", "", "bar");
    bar.style.width = `${100 * p}%`;
    const parts = [made("span", data.texts[token], "word"), made("span", number(p), "p"), bar];
    const button = made("button", "", token === chosen ? "chosen" : "", ...parts);
    button.type = "button";
    button.disabled = !shares || token === data.eos || token === chosen;
    button.addEventListener("click", () => ask({ act: "branch", ...where, token }));
    list.append(button);
  });
  return list;
}

function ask(data) {
  popover().close(true);
  trigger("click", data);
}

function fill(node, token) {
  const data = details();
  const where = place(token);
  const row = data?.rows[where.row];
  const at = row ? where.step - row.first : -1;
  if (at < 0 || at >= row.p.length) return false;
  const { labels } = data;
  const title = made("strong", token.textContent);
  node.replaceChildren(made("div", "", "head", title, made("span", `${labels.step} ${where.step}`, "meta")));
  node.append(facts(row, at, labels));
  if (row.best) {
    node.append(alternatives(where, row, at, data, row.token[at]));
    if (shares) {
      const inspect = made("button", labels.inspect, "chip small");
      inspect.type = "button";
      inspect.addEventListener("click", () => ask({ act: "inspect", ...where }));
      node.append(made("p", labels.hint, "note"), inspect);
    }
  } else {
    node.append(made("p", labels.long, "note"));
  }
  node.setAttribute("aria-label", `${labels.step} ${where.step}: ${token.textContent}`);
  return true;
}

function open(token, kept) {
  const node = popover();
  if (node.anchor !== token) {
    node.close();
    if (!fill(node, token)) return;
  }
  Object.assign(node, { anchor: token, hidden: false, kept });
  node.classList.toggle("preview", !kept);
  token.classList.add("open");
  const box = token.getBoundingClientRect();
  const room = { width: node.offsetWidth, height: node.offsetHeight };
  const left = Math.max(8, Math.min(box.left, document.documentElement.clientWidth - room.width - 8));
  const below = box.bottom + 6 + room.height <= window.innerHeight;
  const top = below ? box.bottom + 6 : Math.max(8, box.top - room.height - 6);
  Object.assign(node.style, { left: `${left}px`, top: `${top}px` });
}

const token = (event) => event.target.closest?.(".tokens i");

element.addEventListener("click", (event) => token(event) && open(token(event), true));
element.addEventListener("pointerover", (event) => {
  if (event.pointerType === "mouse" && token(event) && !popover().kept) open(token(event), false);
});
element.addEventListener("pointerout", (event) => {
  const node = popover();
  if (token(event) && node.anchor === token(event) && node.classList.contains("preview")) node.close();
});

// With the keyboard: Tab reaches a row's tokens, the arrows go along them, Enter opens.
function mark(tokens, index) {
  tokens.forEach((each) => each.classList.remove("current"));
  tokens[index].classList.add("current");
}

element.addEventListener("keydown", (event) => {
  if (!event.target.matches?.(".tokens")) return;
  const tokens = [...event.target.querySelectorAll("i")];
  if (!tokens.length) return;
  const now = Math.max(0, tokens.findIndex((each) => each.classList.contains("current")));
  const last = tokens.length - 1;
  const next = { ArrowRight: Math.min(now + 1, last), ArrowLeft: Math.max(now - 1, 0), Home: 0, End: last }[event.key];
  const opens = event.key === "Enter" || event.key === " ";
  if (next === undefined && !opens) return;
  event.preventDefault();
  popover().close();
  mark(tokens, opens ? now : next);
  if (!opens) return tokens[next].scrollIntoView({ block: "nearest" });
  open(tokens[now], true);
  popover().querySelector("button:not(:disabled)")?.focus();
});
element.addEventListener("focusin", (event) => {
  if (!event.target.matches?.(".tokens") || event.target.querySelector("i.current")) return;
  event.target.querySelector("i")?.classList.add("current");
});
watch("value", () => requestAnimationFrame(() => element.contains(popover().anchor) || popover().close()));
