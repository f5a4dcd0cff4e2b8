// Shared by all pages: what needs script is shown, jumping to a municipality, language, saving charts, tabs.
(function () {
  "use strict";
  const body = document.body;
  const html = document.documentElement;
  const T = (window.TILLSYN = window.TILLSYN || {});
  const top = body.dataset.top || "";
  let home = body.dataset.home || "";

  T.text = function (key, values) {
    let text = (T.texts || {})[key] || key;
    for (const name of Object.keys(values || {})) text = text.split("{" + name + "}").join(String(values[name]));
    return text;
  };
  T.home = () => home;
  T.top = top;
  T.number = (n) => new Intl.NumberFormat(html.lang).format(n);
  T.percent = (rate) => T.text("percent", { n: Math.round(rate * 100) });
  // Wilson's score interval at 95 % for k of n.
  T.wilson = function (k, n) {
    const z = 1.959963984540054, p = k / n, d = 1 + (z * z) / n;
    const middle = (p + (z * z) / (2 * n)) / d;
    const half = (z / d) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
    return [Math.max(0, middle - half), Math.min(1, middle + half)];
  };
  T.step = (rate) => (rate >= 0.6 ? 5 : rate >= 0.45 ? 4 : rate >= 0.3 ? 3 : rate >= 0.15 ? 2 : rate > 0 ? 1 : 0);
  T.colours = ["#fbf1e1", "#f6d7ae", "#eeb274", "#de8343", "#b9531f", "#7d2b0f"];
  T.find = function (text) {
    const wanted = text.trim().toLocaleLowerCase("sv").replace(/ kommun$/, "");
    if (!wanted) return null;
    const list = T.places || [];
    return list.find((p) => p[0] === wanted || p[1].toLocaleLowerCase("sv") === wanted)
      || list.find((p) => p[1].toLocaleLowerCase("sv").startsWith(wanted)) || null;
  };
  T.make = function (name, attributes, children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) if (value !== null && value !== undefined) element.setAttribute(key, value);
    for (const child of [].concat(children || [])) element.append(child);
    return element;
  };
  T.load = function (name) {
    if (T[name]) return Promise.resolve(T[name]);
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = top + "data/" + name + ".js";
      script.onload = () => resolve(T[name]);
      script.onerror = () => reject(new Error(name));
      document.head.append(script);
    });
  };
  // The state of a form stands in the address, so that every view can be linked to.
  T.readState = function (form) {
    const query = new URLSearchParams(location.search);
    for (const field of form.elements) {
      if (!field.name || !query.has(field.name)) continue;
      const value = query.get(field.name);
      if (field.tagName !== "SELECT" || [...field.options].some((o) => o.value === value)) field.value = value;
    }
  };
  T.writeState = function (form) {
    const query = new URLSearchParams(location.search);
    for (const field of form.elements) {
      if (!field.name) continue;
      const first = field.tagName === "SELECT" ? field.options[0].value : "";
      if (field.value && field.value !== first) query.set(field.name, field.value); else query.delete(field.name);
    }
    T.setQuery(query);
  };
  T.setQuery = function (query) {
    const text = query.toString();
    history.replaceState(null, "", location.pathname + (text ? "?" + text : "") + location.hash);
    keepLanguageLink();
  };

  function keepLanguageLink() {
    const link = document.querySelector("[data-language-link]");
    if (link) link.setAttribute("href", link.getAttribute("href").split(/[?#]/)[0] + location.search + location.hash);
  }

  function jumping() {
    const list = document.getElementById("jump-list");
    for (const [, name] of T.places || []) list.append(T.make("option", { value: name }));
    const form = document.querySelector("[data-jump]");
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const place = T.find(form.querySelector("input").value);
      const say = form.querySelector(".jump-say");
      if (place) location.href = home + "kommun/" + place[0] + ".html"; else say.textContent = T.text("none");
    });
  }

  // Pages of documents carry both languages; ?lang= chooses, and links on such pages keep the choice.
  function bilingual() {
    if (!html.hasAttribute("data-bilingual")) {
      if (html.dataset.language === "sv" && top === home) return;
      for (const link of document.querySelectorAll('a[href*="document/"]')) {
        const [path, hash] = link.getAttribute("href").split("#");
        if (!path.includes("?")) link.setAttribute("href", path + "?lang=" + html.lang + (hash ? "#" + hash : ""));
      }
      return;
    }
    const first = html.dataset.language;
    const apply = (language) => {
      html.dataset.language = language;
      html.lang = language;
      home = language === first ? top : top + language + "/";
      for (const link of document.querySelectorAll(".masthead a, .foot a, a[data-home-link]")) {
        const plain = link.dataset.plain || (link.dataset.plain = link.getAttribute("href").replace(top, ""));
        if (link.className !== "skip") link.setAttribute("href", home + plain);
      }
    };
    const button = document.querySelector("[data-language-switch]");
    const wanted = new URLSearchParams(location.search).get("lang");
    if (wanted === "sv" || wanted === "en") apply(wanted);
    button.hidden = false;
    button.addEventListener("click", () => {
      const language = html.dataset.language === "sv" ? "en" : "sv";
      apply(language);
      history.replaceState(null, "", location.pathname + "?lang=" + language + location.hash);
    });
  }

  function save(name, blob) {
    const link = T.make("a", { href: URL.createObjectURL(blob), download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 4000);
  }

  // The chart as a file of its own: links out, type as a stack, the source line under it.
  T.drawing = function (box) {
    const svg = box.querySelector("svg").cloneNode(true);
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    for (const link of svg.querySelectorAll("a")) link.replaceWith(...link.childNodes);
    const line = document.createElementNS("http://www.w3.org/2000/svg", "text");
    for (const [key, value] of [["x", 0], ["y", height + 20], ["font-size", 11], ["fill", "#565e66"]]) line.setAttribute(key, value);
    line.textContent = box.dataset.source || "";
    const head = document.createElementNS("http://www.w3.org/2000/svg", "text");
    for (const [key, value] of [["x", 0], ["y", -12], ["font-size", 16], ["font-weight", 600], ["fill", "#1c2127"]]) head.setAttribute(key, value);
    head.textContent = svg.getAttribute("aria-label") || "";
    svg.append(head, line);
    svg.setAttribute("viewBox", [-12, -36, width + 24, height + 72].join(" "));
    svg.setAttribute("width", width + 24);
    svg.setAttribute("height", height + 72);
    svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    return { text: new XMLSerializer().serializeToString(svg), width: width + 24, height: height + 72 };
  };

  function saving() {
    for (const box of document.querySelectorAll(".chart")) {
      const tools = box.querySelector(".tools");
      if (!tools) continue;
      tools.hidden = false;
      const name = () => "tillsyn-" + (box.dataset.chart || "diagram").toLocaleLowerCase("sv").replace(/[^a-z0-9åäö]+/g, "-").slice(0, 60);
      tools.addEventListener("click", (event) => {
        const kind = event.target.dataset.save;
        if (!kind) return;
        const made = T.drawing(box);
        if (kind === "svg") return save(name() + ".svg", new Blob([made.text], { type: "image/svg+xml" }));
        const picture = new Image();
        picture.onload = () => {
          const canvas = T.make("canvas", { width: made.width * 2, height: made.height * 2 });
          const paint = canvas.getContext("2d");
          paint.fillStyle = "#ffffff";
          paint.fillRect(0, 0, canvas.width, canvas.height);
          paint.drawImage(picture, 0, 0, canvas.width, canvas.height);
          canvas.toBlob((blob) => save(name() + ".png", blob), "image/png");
        };
        picture.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(made.text);
      });
    }
  }

  function areas() {
    document.addEventListener("click", (event) => {
      const area = event.target.closest && event.target.closest(".area[data-code]");
      if (area) location.href = home + "kommun/" + area.dataset.code + ".html";
    });
  }

  function tabs() {
    for (const box of document.querySelectorAll("[data-tabs]")) {
      const parts = [...box.querySelectorAll(".tab")];
      if (parts.length < 2) continue;
      box.classList.add("live");
      const list = T.make("div", { class: "tablist", role: "tablist" });
      const buttons = parts.map((part) => {
        const button = T.make("button", { type: "button", role: "tab", id: part.id + "-tab", "aria-controls": part.id }, part.dataset.tab);
        part.setAttribute("role", "tabpanel");
        part.setAttribute("aria-labelledby", button.id);
        list.append(button);
        return button;
      });
      const choose = (n, focus) => {
        parts.forEach((part, i) => (part.hidden = i !== n));
        buttons.forEach((button, i) => {
          button.setAttribute("aria-selected", String(i === n));
          button.tabIndex = i === n ? 0 : -1;
        });
        if (focus) buttons[n].focus();
      };
      list.addEventListener("click", (event) => {
        const n = buttons.indexOf(event.target.closest("button"));
        if (n < 0) return;
        choose(n);
        const query = new URLSearchParams(location.search);
        query.set("jamfor", parts[n].id.replace("profil-", ""));
        T.setQuery(query);
      });
      list.addEventListener("keydown", (event) => {
        const n = buttons.findIndex((b) => b.tabIndex === 0);
        if (event.key === "ArrowRight") choose((n + 1) % parts.length, true);
        if (event.key === "ArrowLeft") choose((n + parts.length - 1) % parts.length, true);
      });
      box.prepend(list);
      const wanted = parts.findIndex((p) => p.id === "profil-" + new URLSearchParams(location.search).get("jamfor"));
      choose(Math.max(0, wanted));
    }
  }

  // On paper nothing can be unfolded: what is folded is opened for printing and closed again.
  function printing() {
    let folded = [];
    window.addEventListener("beforeprint", () => {
      folded = [...document.querySelectorAll("details:not([open])")].filter((box) => !box.hidden);
      for (const box of folded) box.open = true;
    });
    window.addEventListener("afterprint", () => { for (const box of folded) box.open = false; });
  }

  for (const element of document.querySelectorAll("[data-needs-script]")) element.hidden = false;
  jumping();
  bilingual();
  keepLanguageLink();
  window.addEventListener("hashchange", keepLanguageLink);
  saving();
  areas();
  tabs();
  printing();
  // Tells tests and slow machines' users that the page answers.
  html.dataset.ready = "1";
})();
