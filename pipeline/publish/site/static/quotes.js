// Filters over the sentences of a municipality; the address keeps them.
document.addEventListener("DOMContentLoaded", function () {
  "use strict";
  const T = window.TILLSYN;
  const form = document.getElementById("quote-filters");
  if (!form) return;
  const quotes = [...document.querySelectorAll(".quote")];
  const names = { tema: "theme", period: "year", innebord: "polarity", kalla: "kind", rost: "attribution" };

  function apply() {
    const wanted = Object.entries(names).map(([field, key]) => [key, form.elements[field].value]).filter(([, value]) => value);
    let shown = 0;
    for (const quote of quotes) {
      const fits = wanted.every(([key, value]) => quote.dataset[key] === value);
      quote.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    for (const box of document.querySelectorAll(".citing, .themed")) box.hidden = !box.querySelector(".quote:not([hidden])");
    for (const more of document.querySelectorAll(".more-quotes")) {
      more.hidden = !more.querySelector(".quote:not([hidden])");
      if (wanted.length && !more.hidden) more.open = true;
    }
    document.getElementById("quote-say").textContent = T.text("quotes", { shown: shown, all: quotes.length });
  }

  function reveal() {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target) target.scrollIntoView({ behavior: "instant" });
  }
  form.addEventListener("change", () => { T.writeState(form); apply(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { T.writeState(form); apply(); }));
  T.readState(form);
  apply();
  if (location.search) reveal();
});
