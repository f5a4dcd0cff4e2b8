// The heat map and the map of the first page: filters, grouping, sorting, keyboard. Loaded before site.js runs.
document.addEventListener("DOMContentLoaded", function () {
  "use strict";
  const T = window.TILLSYN;
  const heat = T.heat;
  const table = document.getElementById("heat");
  const form = document.getElementById("heat-filters");
  if (!heat || !table || !form) return;
  const tbody = table.tBodies[0];
  const rows = new Map([...tbody.rows].map((row) => [row.dataset.code, row]));
  const themes = heat.themes.map((theme) => theme[0]);
  const kinds = ["municipality", "inspectorate", "other_authority", "auditor", "press", "other"];
  const polarities = ["problem", "remedy", "ok", "neutral"];
  const voices = ["inspectorate", "municipality", "auditor", "press", "other"];
  const LEAST = 5;
  let all = false;
  let live = null;

  const value = (name) => form.elements[name].value;
  const isBase = () => !value("period") && value("innebord") === "problem" && !value("kalla") && !value("rost");

  // Counts per municipality (or group) for the chosen filters, from the counted documents themselves.
  function count(units, keyOf) {
    const period = Number(value("period")) || 0;
    const kind = value("kalla") ? 1 << kinds.indexOf(value("kalla")) : 0;
    const polarity = polarities.indexOf(value("innebord"));
    const voice = value("rost") ? voices.indexOf(value("rost")) : -1;
    const found = new Map();
    for (const [where, year, , mask, facts] of units) {
      if ((period && year !== period) || (kind && !(mask & kind))) continue;
      const has = new Set();
      for (const fact of facts) {
        if (fact < 0) continue;
        const said = fact % 5, rest = (fact - said) / 5, sense = rest % 4;
        if ((polarity < 0 || sense === polarity) && (voice < 0 || said === voice)) has.add((rest - sense) / 4);
      }
      for (const key of new Set(where.map(keyOf))) {
        let entry = found.get(key);
        if (!entry) found.set(key, (entry = { documents: 0, counts: new Array(themes.length).fill(0), any: 0 }));
        entry.documents += 1;
        if (has.size) entry.any += 1;
        for (const theme of has) entry.counts[theme] += 1;
      }
    }
    return found;
  }

  function base() {
    return new Map(heat.places.map((p) => [p[0], { documents: p[5], counts: p[6], any: 0 }]));
  }

  function look(k, n) {
    if (!n) return { css: "kn", shown: "–", told: T.text("nothing") };
    const of = T.text("of", { a: T.number(k), b: T.number(n) });
    if (n < LEAST) return { css: "kx", shown: value("visa") ? String(k) : "..", told: of + ": " + T.text("few") };
    const [low, high] = T.wilson(k, n);
    return {
      css: "k" + T.step(k / n),
      shown: value("visa") ? String(k) : String(Math.round((k / n) * 100)),
      told: of + ", " + T.text("interval", { interval: Math.round(low * 100) + "–" + T.percent(high) }),
    };
  }

  function query(theme) {
    const kept = new URLSearchParams();
    for (const name of ["period", "kalla", "rost"]) if (value(name)) kept.set(name, value(name));
    if (!isBase() && value("innebord") !== "all") kept.set("innebord", value("innebord"));
    const text = kept.toString();
    return (text ? "?" + text : "") + "#tema-" + theme;
  }

  function fill(row, entry, hrefOf) {
    const cells = [...row.cells];
    themes.forEach((theme, i) => {
      const cell = cells[i + 1];
      const made = look(entry ? entry.counts[i] : 0, entry ? entry.documents : 0);
      cell.className = made.css;
      let inner = cell.firstElementChild;
      const wanted = made.css === "kn" ? "SPAN" : "A";
      if (!inner || inner.tagName !== wanted) {
        inner = document.createElement(wanted);
        cell.replaceChildren(inner);
      }
      inner.textContent = made.shown;
      inner.title = made.told;
      if (wanted === "A") inner.setAttribute("href", hrefOf(theme));
    });
    cells[themes.length + 1].textContent = entry && entry.documents ? T.number(entry.documents) : "–";
  }

  function order(counts) {
    const sort = value("sortera");
    const at = themes.indexOf(sort);
    const entry = (p) => counts.get(p[0]) || { documents: 0, counts: [] };
    const rate = (p) => (entry(p).documents >= LEAST ? entry(p).counts[at] / entry(p).documents : -1 + entry(p).documents / 1000);
    const places = [...heat.places];
    if (sort === "namn") places.sort((a, b) => a[1].localeCompare(b[1], "sv"));
    else if (at >= 0) places.sort((a, b) => rate(b) - rate(a) || entry(b).documents - entry(a).documents || a[1].localeCompare(b[1], "sv"));
    else places.sort((a, b) => entry(b).documents - entry(a).documents || a[1].localeCompare(b[1], "sv"));
    return places;
  }

  function groupRow(key, label, entry, hrefOf) {
    const row = T.make("tr", { class: "group" }, [T.make("th", { scope: "row" }, label)]);
    for (let i = 0; i <= themes.length; i += 1) row.append(T.make("td", i === themes.length ? { class: "docs" } : {}));
    fill(row, entry, hrefOf);
    return row;
  }

  function columns() {
    const chosen = value("tema");
    table.toggleAttribute("data-one", Boolean(chosen));
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((cell, i) => {
      const theme = cell.dataset.theme;
      if (!theme) return;
      const gone = Boolean(chosen) && theme !== chosen;
      cell.hidden = gone;
      cell.toggleAttribute("data-chosen", value("sortera") === theme);
      if (value("sortera") === theme) cell.setAttribute("aria-sort", "descending"); else cell.removeAttribute("aria-sort");
      for (const row of tbody.rows) if (row.cells[i]) row.cells[i].hidden = gone;
    });
  }

  async function draw() {
    const say = document.getElementById("heat-say");
    const grouping = value("grupp");
    let units = null;
    if (!isBase() || grouping) {
      say.textContent = T.text("loading");
      units = await T.load("units");
    }
    const counts = isBase() ? base() : count(units, (i) => heat.places[i][0]);
    for (const p of heat.places) fill(rows.get(p[0]), counts.get(p[0]), (theme) => "kommun/" + p[0] + ".html" + query(theme));
    const wanted = value("namn").trim().toLocaleLowerCase("sv");
    const list = order(counts).filter((p) => !wanted || p[1].toLocaleLowerCase("sv").includes(wanted));
    const limit = all || wanted || grouping ? Infinity : 40;
    const parts = [];
    const add = (p, i) => {
      const row = rows.get(p[0]);
      row.classList.toggle("more", i >= limit);
      parts.push(row);
    };
    if (grouping) {
      const at = grouping === "skr" ? 2 : 3;
      const names = grouping === "skr" ? heat.groups : heat.counties;
      const totals = count(units, (i) => heat.places[i][at]);
      for (const key of Object.keys(names).sort()) {
        const members = list.filter((p) => p[at] === key && (all || wanted || ((counts.get(p[0]) || {}).documents || 0) >= LEAST));
        const href = (theme) => "tema/" + theme + ".html?" + (grouping === "skr" ? "grupp=" : "lan=") + key + "#kommuner";
        parts.push(groupRow(key, names[key], totals.get(key), href));
        members.forEach((p) => add(p, 0));
      }
    } else list.forEach(add);
    tbody.replaceChildren(...parts);
    columns();
    roving();
    const shown = parts.filter((row) => row.dataset.code && !row.classList.contains("more")).length;
    say.textContent = T.text("shown", { shown: shown, all: heat.places.length });
    const more = document.getElementById("heat-more");
    more.hidden = Boolean(wanted);
    more.textContent = all ? T.text("show_fewer") : T.text("show_all", { n: heat.places.length });
    live = counts;
  }

  // One stop for Tab, then the arrow keys walk the cells (the grid pattern of ARIA's authoring practices).
  function roving() {
    for (const link of tbody.querySelectorAll("a")) link.tabIndex = -1;
    const first = tbody.querySelector("a");
    if (first) first.tabIndex = 0;
  }
  tbody.addEventListener("focusin", (event) => {
    if (event.target.tagName !== "A") return;
    for (const link of tbody.querySelectorAll('a[tabindex="0"]')) link.tabIndex = -1;
    event.target.tabIndex = 0;
  });
  tbody.addEventListener("keydown", (event) => {
    const moves = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
    const cell = event.target.closest("td, th");
    if (!cell || (!(event.key in moves) && event.key !== "Home" && event.key !== "End")) return;
    event.preventDefault();
    const [down, right] = moves[event.key] || [0, 0];
    let row = cell.parentElement, at = cell.cellIndex;
    if (event.key === "Home") at = 0;
    if (event.key === "End") at = row.cells.length - 2;
    for (let i = 0; i < 400; i += 1) {
      if (down) row = down > 0 ? row.nextElementSibling : row.previousElementSibling;
      at += right;
      if (!row || at < 0 || at >= row.cells.length) return;
      const link = !row.cells[at].hidden && row.offsetParent !== null && row.cells[at].querySelector("a");
      if (link) return link.focus();
      if (!down && !right) return;
    }
  });

  form.addEventListener("change", () => { T.writeState(form); draw(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { T.writeState(form); draw(); }));
  let waiting = 0;
  form.elements.namn.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { T.writeState(form); draw(); }, 150);
  });
  document.getElementById("heat-more").addEventListener("click", () => { all = !all; draw(); });

  // The map.
  const select = document.getElementById("map-show");
  const svg = document.querySelector("#map svg");
  const steps = [1, 3, 5, 10, 25];
  const titles = new Map([...svg.querySelectorAll(".area")].map((area) => [area.dataset.code, area]));
  function paint() {
    const at = themes.indexOf(select.value);
    for (const p of heat.places) {
      const area = titles.get(p[0]);
      const n = p[5], k = at >= 0 ? p[6][at] : 0;
      let fill = "#f1f0ec", told = T.text("documents", { n: T.number(n) });
      if (at < 0) {
        const step = steps.filter((bound) => n >= bound).length;
        if (step) fill = T.colours[step];
      } else {
        const made = look(k, n);
        fill = made.css === "kx" ? "#e4e2db" : made.css === "kn" ? "#f1f0ec" : T.colours[Number(made.css[1])];
        told = made.told;
      }
      area.setAttribute("fill", fill);
      area.firstElementChild.textContent = p[1] + ": " + told;
    }
    const label = select.options[select.selectedIndex].textContent;
    svg.setAttribute("aria-label", label);
    document.querySelector('[data-legend="documents"]').hidden = at >= 0;
    document.querySelector('[data-legend="rates"]').hidden = at < 0;
    const query = new URLSearchParams(location.search);
    if (at >= 0) query.set("karta", select.value); else query.delete("karta");
    T.setQuery(query);
  }
  svg.addEventListener("pointerover", (event) => {
    const area = event.target.closest(".area");
    if (area) document.querySelector(".map-say").textContent = area.firstElementChild.textContent;
  });
  select.addEventListener("change", paint);

  T.readState(form);
  const shown = new URLSearchParams(location.search).get("karta");
  if (shown && themes.includes(shown)) { select.value = shown; paint(); }
  const plain = isBase() && ["tema", "grupp", "sortera", "visa", "namn"].every((name) => !value(name));
  if (plain) {
    // The page came with this view already: only the controls are set up.
    roving();
    const more = document.getElementById("heat-more");
    more.hidden = false;
    more.textContent = T.text("show_all", { n: heat.places.length });
  } else draw();
});
