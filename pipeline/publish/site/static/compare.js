// Two or more municipalities side by side: an interval dot plot and a table, from the address ?kommuner=2083,0765.
document.addEventListener("DOMContentLoaded", function () {
  "use strict";
  const T = window.TILLSYN;
  const heat = T.heat;
  const form = document.getElementById("compare-form");
  if (!heat || !form) return;
  const NS = "http://www.w3.org/2000/svg";
  const colours = ["#0f4c6b", "#b3400f", "#1b7560", "#7a4d9c", "#8a6d00", "#62686f"];
  const label = document.documentElement.lang === "en" ? 2 : 1;
  const find = (code) => heat.places.find((p) => p[0] === code);
  let chosen = (new URLSearchParams(location.search).get("kommuner") || "").split(",").map(find).filter(Boolean).slice(0, 6);

  const shape = (name, attributes, text) => {
    const element = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    return element;
  };

  function chart() {
    const left = 240, width = 860, right = 30, each = 11, row = 16 + each * chosen.length, head = 26;
    const height = head + row * heat.themes.length + 10;
    const x = (rate) => left + rate * (width - left - right);
    const name = chosen.map((p) => p[1]).join(", ");
    const svg = shape("svg", { viewBox: "0 0 " + width + " " + height, width, height, role: "img", "aria-label": T.text("compare_chart") + ": " + name,
      "font-family": "'Source Sans 3', 'Liberation Sans', Arial, sans-serif" });
    for (const rate of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
      svg.append(shape("line", { x1: x(rate), x2: x(rate), y1: head - 4, y2: height - 8, stroke: "#d8d5cc" }));
      svg.append(shape("text", { x: x(rate), y: head - 9, "text-anchor": "middle", "font-size": 11.5, fill: "#565e66" }, T.percent(rate)));
    }
    heat.themes.forEach((theme, i) => {
      const top = head + i * row;
      svg.append(shape("line", { x1: 0, x2: width, y1: top, y2: top, stroke: "#ece9e1" }));
      svg.append(shape("text", { x: left - 12, y: top + row / 2 + 4.5, "text-anchor": "end", "font-size": 13.5, fill: "#1c2127" }, theme[label]));
      chosen.forEach((p, j) => {
        const n = p[5], k = p[6][i], y = top + 13 + j * each;
        const group = shape("g", {});
        group.append(shape("title", {}, p[1] + ": " + T.text("of", { a: k, b: n })));
        if (n < 5) group.append(shape("text", { x: x(0) + 4, y: y + 3, "font-size": 10.5, fill: colours[j] }, n ? ".. (" + k + "/" + n + ")" : "–"));
        else {
          const [low, high] = T.wilson(k, n);
          group.append(shape("line", { x1: x(low), x2: x(high), y1: y, y2: y, stroke: colours[j], "stroke-width": 2.4, opacity: 0.5 }));
          group.append(shape("circle", { cx: x(k / n), cy: y, r: 4.4, fill: colours[j] }));
        }
        svg.append(group);
      });
    });
    return svg;
  }

  function rowsOfTable() {
    const table = document.getElementById("compare-table");
    const head = T.make("tr", {}, [T.make("th", { scope: "col" }, T.text("theme"))]);
    for (const p of chosen) head.append(T.make("th", { scope: "col" }, T.make("a", { href: "kommun/" + p[0] + ".html" }, p[1])));
    const rows = heat.themes.map((theme, i) => {
      const row = T.make("tr", {}, [T.make("th", { scope: "row" }, T.make("a", { href: "tema/" + theme[0] + ".html" }, theme[label]))]);
      for (const p of chosen) {
        const n = p[5], k = p[6][i];
        const shown = !n ? "–" : n < 5 ? ".." : T.percent(k / n);
        const said = n ? shown + " (" + k + "/" + n + ")" : shown;
        const css = !n ? "kn" : n < 5 ? "kx" : "k" + T.step(k / n);
        row.append(T.make("td", { class: css }, n ? T.make("a", { href: "kommun/" + p[0] + ".html#tema-" + theme[0] }, said) : said));
      }
      return row;
    });
    const extra = (key, at, anchor) => {
      const row = T.make("tr", {}, [T.make("th", { scope: "row" }, T.text(key))]);
      for (const p of chosen) row.append(T.make("td", {}, p[at] ? T.make("a", { href: "kommun/" + p[0] + ".html" + anchor }, T.number(p[at])) : "–"));
      return row;
    };
    rows.unshift(extra("documents_row", 5, "#dokument"), extra("sanctions_row", 7, "#handelser"));
    table.className = "plain compare";
    table.replaceChildren(T.make("thead", {}, head), T.make("tbody", {}, rows));
  }

  function draw() {
    const list = document.getElementById("chosen");
    list.replaceChildren(...chosen.map((p, i) => {
      const button = T.make("button", { type: "button", "aria-label": T.text("remove", { name: p[1] }) }, "×");
      button.addEventListener("click", () => { chosen = chosen.filter((q) => q !== p); save(); document.getElementById("compare-field").focus(); });
      const item = T.make("li", {}, [T.make("a", { href: "kommun/" + p[0] + ".html" }, p[1]), " ", button]);
      item.style.borderColor = colours[i];
      return item;
    }));
    document.getElementById("compare-result").hidden = !chosen.length;
    document.getElementById("compare-say").textContent = chosen.length ? "" : T.text("hint");
    if (!chosen.length) return;
    document.getElementById("compare-chart").replaceChildren(chart());
    rowsOfTable();
  }

  function save() {
    const query = new URLSearchParams(location.search);
    if (chosen.length) query.set("kommuner", chosen.map((p) => p[0]).join(",")); else query.delete("kommuner");
    T.setQuery(query);
    draw();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const field = document.getElementById("compare-field");
    const place = T.find(field.value);
    if (!place) { document.getElementById("compare-say").textContent = T.text("none"); return; }
    const found = find(place[0]);
    if (!chosen.includes(found) && chosen.length < 6) chosen.push(found);
    field.value = "";
    save();
  });
  // Same SKR group, nearest in population, with something to show.
  document.getElementById("compare-similar").addEventListener("click", () => {
    const first = chosen[0] || [...heat.places].sort((a, b) => b[5] - a[5])[0];
    if (!chosen.length) chosen.push(first);
    const near = heat.places.filter((p) => p[2] === first[2] && !chosen.includes(p) && p[5] > 0);
    near.sort((a, b) => Number(b[5] >= 5) - Number(a[5] >= 5) || Math.abs(Math.log(a[4] / first[4])) - Math.abs(Math.log(b[4] / first[4])));
    chosen = chosen.concat(near.slice(0, Math.max(0, 3 - chosen.length) || 1)).slice(0, 6);
    save();
  });
  draw();
});
