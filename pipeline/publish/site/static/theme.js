// The table of municipalities of a theme, narrowed to one group or county by the address.
document.addEventListener("DOMContentLoaded", function () {
  "use strict";
  const query = new URLSearchParams(location.search);
  const rows = [...document.querySelectorAll("#theme-places tbody tr")];
  const group = query.get("grupp"), county = query.get("lan");
  if (!group && !county) return;
  let shown = 0;
  for (const row of rows) {
    row.hidden = (group && row.dataset.group !== group) || (county && row.dataset.county !== county);
    shown += row.hidden ? 0 : 1;
  }
  const T = window.TILLSYN;
  const say = document.getElementById("group-say");
  const reset = T.make("a", { href: location.pathname.split("/").pop() + "#kommuner" }, T.text("show_all", { n: rows.length }));
  say.append(T.text("group_shown", { n: shown, all: rows.length }) + " ", reset);
  document.getElementById("kommuner").scrollIntoView({ behavior: "instant" });
});
