// Text boxes stop at their field's bound; this says so under the box, in the visitor's language.
(() => {
  const sentences = SENTENCES;
  const asked = new URLSearchParams(location.search).get("lang") || navigator.language || "en";
  const { limit, upload } = sentences[/^zh/i.test(asked) ? "zh" : "en"];

  const lineUnder = (field) => {
    const line = document.createElement("p");
    line.className = "limit-reached";
    line.setAttribute("role", "status");
    return field.appendChild(line);
  };

  document.addEventListener("input", ({ target }) => {
    const field = target.closest(".limited-text");
    if (!field || !(target.maxLength > 0)) return;
    const full = target.value.length >= target.maxLength;
    const line = field.querySelector(".limit-reached") || (full && lineUnder(field));
    if (!line) return;
    const sentence = field.classList.contains("uploadable-text") ? upload : limit;
    line.textContent = full ? sentence.replace("{n}", target.maxLength.toLocaleString()) : "";
  });
})();
