// Copies the link of the shown view and keeps the address bar on it.
const place = () => element.querySelector("[role=status]");

element.addEventListener("click", async (event) => {
  if (!event.target.closest("button") || !props.value) return;
  const { query, url, sentence, copied } = props.value;
  if (query) await whybox.copy(url || `${location.origin}${location.pathname}?${query}`);
  place().textContent = query ? copied : sentence;
  setTimeout(() => place() && (place().textContent = ""), query ? 2_000 : 10_000);
});

watch("value", () => props.value?.tab && whybox.follow(props.value.tab, props.value.query || `tab=${props.value.tab}`));
