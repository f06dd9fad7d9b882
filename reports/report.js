// Search, filter, copying and printing; without it the page is the same, only longer.
(() => {
  const rows = [...document.querySelectorAll("[data-of]")];
  const find = document.getElementById("find"), bad = document.getElementById("bad");
  const show = () => {
    const word = find.value.trim().toLowerCase();
    for (const row of rows)
      row.hidden = !row.dataset.of.includes(word) || (bad.checked && row.dataset.fine === "1");
  };
  if (find) {
    find.closest(".filter").hidden = false;
    find.addEventListener("input", show);
    bad.addEventListener("change", show);
  }
  for (const block of document.querySelectorAll("pre.wrap")) {
    const button = document.createElement("button");
    button.textContent = "copy";
    button.addEventListener("click", () => navigator.clipboard.writeText(block.firstChild.data)
      .then(() => { button.textContent = "copied"; }));
    block.append(button);
  }
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
  addEventListener("hashchange", () => {
    let place = document.getElementById(location.hash.slice(1));
    for (; place; place = place.parentElement) if (place.tagName === "DETAILS") place.open = true;
  });
})();
