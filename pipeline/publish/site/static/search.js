// Search over the passages, from chunks that the page loads as scripts (data/search). The language of questions and the
// way words meet are those of pipeline/publish/search: lemmas and compound parts were put into the index beforehand.
document.addEventListener("DOMContentLoaded", function () {
  "use strict";
  const T = window.TILLSYN;
  const meta = T["search/meta"];
  const form = document.getElementById("search-form");
  if (!form) return;
  if (!meta) { document.getElementById("search-missing").hidden = false; form.hidden = true; return; }
  const PAGE = 20, POLARITIES = 4, VOICES = 5, MOST_VERIFIED = 60;
  const label = document.documentElement.lang === "en" ? 2 : 1;
  const stopwords = new Set(meta.stopwords);
  const WORD = /[\p{L}\p{N}]+(?:[-:’'][\p{L}\p{N}]+)*/gu;
  const ENDINGS = ["ernas", "arnas", "ornas", "erna", "arna", "orna", "ens", "ets", "ers", "ars", "na", "en", "et", "er", "ar", "or", "es", "as", "de", "te", "t", "n", "s", "a", "e"];
  const chunks = new Map();
  let facts = null, documentOf = null, shown = 0, found = [], asked = null, turn = 0;

  const words = (text) => [...text.matchAll(WORD)].map((m) => [m.index, m.index + m[0].length, m[0].toLowerCase()]);

  function prepare() {
    documentOf = new Uint32Array(meta.passages);
    let at = 0;
    meta.sizes.forEach((size, i) => { documentOf.fill(i, at, at + size); at += size; });
  }

  // --- the question -------------------------------------------------------------------------------------------------
  function valueOf(name, value) {
    const wanted = value.toLocaleLowerCase("sv");
    if (name === "year") {
      const years = /^(\d{4})(?:[-–](\d{4}))?$/.exec(wanted);
      return years ? [[Number(years[1]), Number(years[2] || years[1])]] : [];
    }
    const alias = meta.aliases.find((row) => row[0] === name && row[1] === wanted);
    if (alias) return [meta[name].findIndex((row) => row[0] === alias[2])];
    for (const text of [wanted, wanted.replace(/_/g, " ")]) {
      const names = meta[name].map((row) => row.map((part) => part.toLocaleLowerCase("sv")));
      const whole = names.findIndex((row) => row.some((part) => part === text || (name === "municipality" && part + " kommun" === text)));
      if (whole >= 0) return [whole];
      if (name === "municipality") continue;
      const close = names.map((row, i) => (row.slice(1).some((part) => part.split(" ").some((word) => word.startsWith(text))) ? i : -1)).filter((i) => i >= 0);
      if (close.length === 1) return close;
    }
    return [];
  }

  function atomOf(text, quoted) {
    const prefix = !quoted && text.endsWith("*");
    const forms = words(text).map((w) => w[2]);
    if (!forms.length) return null;
    return { words: prefix ? forms.slice(-1) : forms, prefix };
  }

  function parse(text) {
    const query = { groups: [], without: [], wanted: {}, unwanted: {}, unknown: [] };
    let either = false;
    for (const match of text.matchAll(/(-?)(?:([\p{L}\p{N}_]+):)?(?:"([^"]*)"?|(\S+))/gu)) {
      const [, minus, key, phrase, word] = match;
      const value = phrase !== undefined ? phrase : word;
      const name = key && meta.fields[key.toLocaleLowerCase("sv")];
      if (name) {
        const values = valueOf(name, value);
        if (!values.length) query.unknown.push(match[0]);
        const filters = minus ? query.unwanted : query.wanted;
        filters[name] = (filters[name] || []).concat(values);
        continue;
      }
      if (!key && !minus && phrase === undefined && ["OR", "ELLER", "AND"].includes(word)) {
        either = word !== "AND" && query.groups.length > 0;
        continue;
      }
      const atom = atomOf(key ? key + ":" + value : value, phrase !== undefined);
      if (!atom) continue;
      if (minus) query.without.push(atom);
      else if (either) query.groups[query.groups.length - 1].push(atom);
      else query.groups.push([atom]);
      if (!minus) either = false;
    }
    const telling = query.groups.filter((group) => !group.every((a) => a.words.length === 1 && stopwords.has(a.words[0])));
    query.only_stopwords = query.groups.length > 0 && !telling.length;
    query.groups = telling;
    return query;
  }

  // --- the index ----------------------------------------------------------------------------------------------------
  function chunkOf(key) {
    let low = 0, high = meta.terms.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (meta.terms[middle] <= key) low = middle; else high = middle - 1;
    }
    return low;
  }

  async function chunk(n) {
    if (!chunks.has(n)) {
      const lines = (await T.load("search/terms-" + n)).split("\n");
      const entries = new Map();
      for (const line of lines) entries.set(line.slice(0, line.indexOf("\t")), line);
      chunks.set(n, { entries, keys: [...entries.keys()] });
    }
    return chunks.get(n);
  }

  async function entry(key) {
    if (!meta.terms.length) return null;
    const line = (await chunk(chunkOf(key))).entries.get(key);
    if (line === undefined) return null;
    const [, lemma, forms, postings] = line.split("\t");
    return { key, lemma, forms: forms ? forms.split(" ") : [], postings };
  }

  // The lemma's entry of a word; for a form that no passage has, the nearest stem that one has.
  async function lemmaEntry(word) {
    let hit = await entry(word);
    for (const ending of ENDINGS) {
      if (hit) break;
      if (word.endsWith(ending) && word.length - ending.length > 2) {
        const stem = word.slice(0, -ending.length);
        for (const guess of [stem, stem + "a", stem + "e"]) hit = hit || (await entry(guess));
      }
    }
    return hit && hit.lemma ? entry(hit.lemma) : hit;
  }

  function numbers(postings) {
    if (!postings) return [];
    let at = 0;
    return postings.split(" ").map((step) => (at += parseInt(step, 36)));
  }

  // Passages of an atom, and the word forms that show it.
  async function resolve(atom) {
    const hits = new Set(), forms = new Set(atom.words);
    if (atom.prefix) {
      const beginning = atom.words[0];
      for (let n = chunkOf(beginning); n < meta.terms.length && (meta.terms[n] < beginning || meta.terms[n].startsWith(beginning)); n++) {
        for (const key of (await chunk(n)).keys) {
          if (!key.startsWith(beginning)) continue;
          const one = await entry(key);
          const lemma = one.lemma ? await entry(one.lemma) : one;
          forms.add(key);
          if (!one.lemma) one.forms.forEach((f) => forms.add(f));
          if (lemma) numbers(lemma.postings).forEach((i) => hits.add(i));
        }
      }
      return { hits, forms };
    }
    let first = true;
    for (const word of atom.words.filter((w) => !stopwords.has(w))) {
      const one = await lemmaEntry(word);
      const these = one ? numbers(one.postings) : [];
      if (atom.words.length === 1 && one) { forms.add(one.key); one.forms.forEach((f) => forms.add(f)); }
      if (first) these.forEach((i) => hits.add(i));
      else { const both = new Set(these); for (const i of hits) if (!both.has(i)) hits.delete(i); }
      first = false;
    }
    return { hits, forms };
  }

  function readFacts(text) {
    const codes = new Map();
    let at = 0;
    if (text) for (const part of text.split(" ")) {
      const [step, list] = part.split(":");
      at += parseInt(step, 36);
      codes.set(at, list.split(".").map((code) => { const c = parseInt(code, 36); return [Math.floor(c / (POLARITIES * VOICES)), Math.floor(c / VOICES) % POLARITIES, c % VOICES]; }));
    }
    return codes;
  }

  const inYears = (ranges, year) => ranges.some(([first, last]) => year >= first && year <= last);
  const OF_FINDING = ["theme", "polarity", "attribution"];

  // Which documents the filters of documents let through: worked out once per question, not once per passage.
  function documentsOf(query) {
    const kept = new Uint8Array(meta.sizes.length).fill(1);
    for (const [filters, keep] of [[query.wanted, true], [query.unwanted, false]]) {
      const { source_kind: kinds, municipality: places, year: years } = filters;
      if (!kinds && !places && !years) continue;
      for (let d = 0; d < kept.length; d++) {
        if (kinds && kinds.includes(Number(meta.kinds[d])) !== keep) kept[d] = 0;
        if (places && meta.where[d].some((p) => places.includes(p)) !== keep) kept[d] = 0;
        if (years && inYears(years, meta.years[d]) !== keep) kept[d] = 0;
      }
    }
    return kept;
  }

  function passes(query, i) {
    const held = facts.get(i) || [];
    const asks = OF_FINDING.filter((name) => query.wanted[name]);
    if (asks.length && !held.some((fact) => asks.every((name) => query.wanted[name].includes(fact[OF_FINDING.indexOf(name)])))) return false;
    return !OF_FINDING.some((name) => query.unwanted[name] && held.some((fact) => query.unwanted[name].includes(fact[OF_FINDING.indexOf(name)])));
  }

  async function select(query) {
    let hits = null;
    query.forms = [];
    query.phrases = [];
    for (const group of query.groups) {
      const union = new Set();
      for (const atom of group) {
        const one = await resolve(atom);
        one.hits.forEach((i) => union.add(i));
        if (atom.words.length > 1) query.phrases.push(atom.words); else query.forms.push(one.forms);
      }
      hits = hits === null ? union : new Set([...hits].filter((i) => union.has(i)));
    }
    const without = query.without.length ? new Set() : null;
    for (const atom of query.without) if (atom.words.length === 1) (await resolve(atom)).hits.forEach((i) => without.add(i));
    const all = hits === null ? Array.from({ length: query.only_stopwords || query.unknown.length ? 0 : meta.passages }, (_, i) => i) : [...hits].sort((a, b) => a - b);
    const kept = documentsOf(query);
    const asksFindings = OF_FINDING.some((name) => query.wanted[name] || query.unwanted[name]);
    return all.filter((i) => kept[documentOf[i]] && !(without && without.has(i)) && (!asksFindings || passes(query, i)));
  }

  // Phrases are not in the index: the texts of the passages that hold all their words are read.
  const holds = (forms, phrase) => forms.some((_, i) => phrase.every((word, j) => forms[i + j] === word));
  async function verified(query, hits) {
    const negative = query.without.filter((a) => a.words.length > 1).map((a) => a.words);
    const groups = query.groups.filter((group) => group.some((a) => a.words.length > 1));
    if (!groups.length && !negative.length) return { hits, sure: true };
    const wanted = [...new Set(hits.map((i) => Math.floor(i / meta.texts)))].slice(0, MOST_VERIFIED);
    const last = wanted.length ? wanted[wanted.length - 1] : 0;
    await Promise.all(wanted.map((n) => T.load("search/texts-" + n)));
    const kept = [];
    for (const i of hits) {
      if (Math.floor(i / meta.texts) > last) break;
      const text = T["search/texts-" + Math.floor(i / meta.texts)].passages[i % meta.texts][2];
      const forms = words(text).map((w) => w[2]);
      const fits = (atom) => (atom.words.length > 1 ? holds(forms, atom.words) : query.forms.some((f) => f.has(atom.words[0]) && forms.some((w) => f.has(w))));
      if (groups.every((group) => group.some(fits)) && !negative.some((phrase) => holds(forms, phrase))) kept.push(i);
    }
    return { hits: kept, sure: hits.every((i) => Math.floor(i / meta.texts) <= last) };
  }

  // --- showing ------------------------------------------------------------------------------------------------------
  function marked(text, query) {
    const found = words(text);
    const quote = T.make("blockquote");
    let at = 0;
    for (let i = 0; i < found.length; i++) {
      const phrase = query.phrases.find((p) => p.every((word, j) => found[i + j] && found[i + j][2] === word));
      const size = phrase ? phrase.length : query.forms.some((forms) => forms.has(found[i][2])) ? 1 : 0;
      if (!size) continue;
      const [start, end] = [found[i][0], found[i + size - 1][1]];
      quote.append(text.slice(at, start), T.make("mark", {}, text.slice(start, end)));
      at = end;
      i += size - 1;
    }
    quote.append(text.slice(at));
    return quote;
  }

  function hit(i) {
    const part = T["search/texts-" + Math.floor(i / meta.texts)];
    const [d, start, text] = part.passages[i % meta.texts];
    const [id, title, date, url] = part.documents[d];
    const language = document.documentElement.lang === "en" ? "?lang=en" : "";
    const page = T.top + "document/" + id + ".html" + language + "#m" + start;
    const badges = (facts.get(i) || []).map(([theme, polarity]) => T.make("span", { class: "badge b-" + meta.polarity[polarity][0] }, meta.theme[theme][label] + ": " + meta.polarity[polarity][label].toLocaleLowerCase("sv")));
    const places = meta.where[documentOf[i]].map((p) => T.make("a", { href: T.home() + "kommun/" + meta.municipality[p][0] + ".html" }, meta.municipality[p][1]));
    const about = T.make("p", { class: "meta" });
    for (const item of [...places, date, meta.source_kind[Number(meta.kinds[documentOf[i]])][label]].filter(Boolean)) about.append(about.childNodes.length ? ", " : "", item);
    if (url) about.append(". ", T.make("a", { href: url, rel: "noreferrer" }, T.text("search_source")));
    return T.make("li", { class: "hit" }, [
      T.make("h3", {}, T.make("a", { href: page }, title || T.text("search_untitled"))), marked(text, asked), about,
      T.make("p", { class: "tags" }, badges.flatMap((b) => [b, " "])),
    ]);
  }

  async function more() {
    const mine = turn;
    const next = found.slice(shown, shown + PAGE);
    await Promise.all([...new Set(next.map((i) => Math.floor(i / meta.texts)))].map((n) => T.load("search/texts-" + n)));
    if (mine !== turn) return;
    document.getElementById("search-hits").append(...next.map(hit));
    shown += next.length;
    document.getElementById("search-more").hidden = shown >= found.length;
  }

  function facet(name, counts) {
    const rows = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 12);
    if (!rows.length) return "";
    const word = { municipality: "kommun", theme: "tema", polarity: "sinne", source_kind: "källa", year: "år" }[name];
    const items = rows.map(([value, count]) => {
      const text = name === "year" ? String(value) : meta[name][value][name === "municipality" ? 1 : label];
      const plain = name === "year" ? text : name === "municipality" ? text.replace(/ /g, "_") : meta[name][value][0];
      const button = T.make("button", { type: "button" }, [text, " ", T.make("span", { class: "count" }, T.number(count))]);
      button.addEventListener("click", () => {
        form.elements.q.value = (form.elements.q.value.trim() + " " + word + ":" + plain.toLocaleLowerCase("sv")).trim();
        ask();
        form.elements.q.focus();
      });
      return T.make("li", {}, button);
    });
    return T.make("section", {}, [T.make("h3", {}, T.text("search_by_" + name)), T.make("ul", {}, items)]);
  }

  function facets() {
    const counts = { municipality: new Map(), theme: new Map(), polarity: new Map(), source_kind: new Map(), year: new Map() };
    const add = (name, value) => counts[name].set(value, (counts[name].get(value) || 0) + 1);
    for (const i of found) {
      const d = documentOf[i];
      meta.where[d].forEach((p) => add("municipality", p));
      add("source_kind", Number(meta.kinds[d]));
      if (meta.years[d]) add("year", meta.years[d]);
      const held = facts.get(i);
      if (!held) continue;
      new Set(held.map((f) => f[0])).forEach((t) => add("theme", t));
      new Set(held.map((f) => f[1])).forEach((p) => add("polarity", p));
    }
    document.getElementById("search-facets").replaceChildren(...Object.keys(counts).map((name) => facet(name, counts[name])).filter(Boolean));
  }

  async function ask() {
    const mine = ++turn;
    const text = form.elements.q.value;
    const state = new URLSearchParams(location.search);
    if (text.trim()) state.set("q", text); else state.delete("q");
    T.setQuery(state);
    const say = document.getElementById("search-say");
    const list = document.getElementById("search-hits");
    document.getElementById("search-result").hidden = !text.trim();
    if (!text.trim()) { say.textContent = ""; return; }
    if (!facts) say.textContent = T.text("loading");
    facts = facts || readFacts(await T.load("search/facts"));
    const query = parse(text);
    const { hits, sure } = await verified(query, await select(query));
    if (mine !== turn) return;
    asked = query;
    found = hits;
    shown = 0;
    list.replaceChildren();
    const documents = new Set(found.map((i) => documentOf[i])).size;
    const unknown = query.unknown.length ? " " + T.text("search_unknown", { filters: query.unknown.join(" ") }) : "";
    say.textContent = (found.length ? T.text(sure ? "search_found" : "search_found_least", { n: T.number(found.length), documents: T.number(documents) }) : T.text("search_nothing")) + unknown;
    await more();
    if (mine !== turn) return;
    facets();
    document.getElementById("search-result").dataset.query = text;
  }

  prepare();
  form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
  document.getElementById("search-more").addEventListener("click", more);
  for (const example of document.querySelectorAll("[data-example]")) {
    example.addEventListener("click", () => { form.elements.q.value = example.textContent; ask(); });
  }
  form.elements.q.value = new URLSearchParams(location.search).get("q") || "";
  if (form.elements.q.value) ask();
});
