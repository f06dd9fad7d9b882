// Search and filter; without it the page is the same, only longer. What is chosen stands in the address.
(() => {
  const find = document.getElementById("find");
  if (!find) return;
  const rows = [...document.querySelectorAll("[data-of]")], count = document.getElementById("count");
  const chosen = ["find", "package", "rule", "changed"].map((id) => document.getElementById(id));
  const [word, of, follows, changed] = chosen;
  const value = (one) => (one.type === "checkbox" ? (one.checked ? "1" : "") : one.value.trim());
  const show = () => {
    const words = value(word).toLowerCase().split(/\s+/);
    let seen = 0;
    for (const row of rows) {
      const { dataset } = row;
      const fits = words.every((each) => dataset.of.includes(each))
        && (!value(of) || dataset.package === value(of))
        && (!value(follows) || dataset.rule.split("|").includes(value(follows)))
        && (!changed.checked || "changed" in dataset);
      row.hidden = !fits;
      seen += fits;
    }
    count.textContent = `${seen} of ${rows.length}`;
    const said = chosen.filter(value).map((one) => `${one.id}=${encodeURIComponent(value(one))}`).join("&");
    if (location.protocol !== "file:") history.replaceState(null, "", said ? `?${said}` : location.pathname);
  };
  const said = new URLSearchParams(location.search);
  for (const one of chosen) {
    if (one.type === "checkbox") one.checked = said.has(one.id);
    else one.value = said.get(one.id) ?? "";
    one.addEventListener("input", show);
  }
  find.closest(".filter").hidden = false;
  show();
})();
