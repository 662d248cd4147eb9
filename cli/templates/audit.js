"use strict";
// Everything on the page can be read without this. It adds: search and filters, following the graph, and a
// switch of colours. It keeps nothing, and asks for nothing.
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const by = (id) => document.getElementById(id);
  const plain = (text) => text.toLowerCase().replace(/\s+/g, " ").trim();
  for (const one of all("[data-needs-script]")) one.hidden = false;

  // Colours: as the system wishes, until the button says otherwise.
  const scheme = by("scheme");
  const systemDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.scheme || (systemDark.matches ? "dark" : "light")) === "dark";
  const nameScheme = () => { scheme.textContent = isDark() ? "Light colours" : "Dark colours"; };
  scheme.addEventListener("click", () => {
    document.documentElement.dataset.scheme = isDark() ? "light" : "dark";
    nameScheme();
  });
  systemDark.addEventListener("change", nameScheme);
  nameScheme();

  // Search and filters: an item is shown where it has every word, and every choice that was made.
  const filtered = all("[data-filtered]").map((section) => {
    const items = all("[data-item]", section).map((element) => ({ element, text: plain(element.textContent) }));
    const search = section.querySelector("[data-search]");
    const choices = all("[data-by]", section);
    const count = section.querySelector("[data-count]");
    const groups = all("[data-group]", section);
    const apply = () => {
      const words = plain(search.value).split(" ").filter(Boolean);
      let shown = 0;
      for (const { element, text } of items) {
        const fits = words.every((word) => text.includes(word))
          && choices.every((one) => !one.value || element.dataset[one.dataset.by].split(" ").includes(one.value));
        element.hidden = !fits;
        shown += fits;
      }
      for (const group of groups) group.hidden = !group.querySelector("[data-item]:not([hidden])");
      count.textContent = shown ? `${shown} of ${items.length} shown` : `None of ${items.length} fits. Use fewer words or choices.`;
    };
    const reset = () => {
      search.value = "";
      for (const one of choices) one.value = "";
      apply();
    };
    if (search) {
      search.addEventListener("input", apply);
      for (const one of choices) one.addEventListener("change", apply);
      reset();
    }
    return { section, reset };
  });

  // A link may lead to what a filter hides, or what is folded: it is shown first.
  const reveal = () => {
    const target = by(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.closest("[hidden]")) {
      for (const { section, reset } of filtered) if (section.contains(target)) reset();
    }
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    if (target.classList.contains("node")) choose(target.dataset.key, true);
    else target.scrollIntoView();
  };
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all("details:not([open])");
    for (const one of folded) one.open = true;
    drawAll();
  });
  addEventListener("afterprint", () => {
    for (const one of folded) one.open = false;
    draw();
  });

  // The graph.
  const svg = by("graph-svg");
  const box = by("graph-box");
  const status = by("graph-status");
  const only = by("graph-only");
  const clear = by("graph-clear");
  const find = by("graph-search");
  const lists = by("graph-lists");
  const hint = by("graph-hint");
  const kinds = all("[name='graph-kind']");
  const nodeWidth = Number(svg.dataset.nodeWidth);
  const full = { width: svg.viewBox.baseVal.width, height: svg.viewBox.baseVal.height };
  const top = 44;
  const between = 8;
  const gap = 112;
  const nodes = new Map(all(".node", by("graph-nodes")).map((element) => [element.dataset.key, {
    element,
    key: element.dataset.key,
    kind: element.dataset.kind,
    label: element.getAttribute("aria-label").slice(element.dataset.kind.length + 2),
    text: plain(element.querySelector("title").textContent),
    column: Number(element.dataset.column),
    homeX: element.transform.baseVal.getItem(0).matrix.e,
    x: element.transform.baseVal.getItem(0).matrix.e,
    home: Number(element.dataset.y),
    y: Number(element.dataset.y),
    height: Number(element.dataset.height),
    into: [],
    out: [],
    shown: true,
  }]));
  const edges = all(".edge", by("graph-edges")).map((element) => {
    const edge = { element, tail: nodes.get(element.dataset.tail), head: nodes.get(element.dataset.head) };
    edge.tail.out.push(edge);
    edge.head.into.push(edge);
    return edge;
  });
  const headings = all(".headings text").map((element) => ({ element, column: Number(element.dataset.column), homeX: Number(element.getAttribute("x")) }));
  const order = [...nodes.values()].sort((a, b) => a.column - b.column || a.home - b.home);
  let chosen = null;
  let lit = new Set();
  let zoom = 1;

  const reach = (from, side, end) => {
    const found = new Set();
    const passed = new Set();
    const waiting = [from];
    while (waiting.length) {
      for (const edge of waiting.pop()[side]) {
        passed.add(edge);
        if (!found.has(edge[end]) && edge[end] !== from) {
          found.add(edge[end]);
          waiting.push(edge[end]);
        }
      }
    }
    return { found, passed };
  };
  // The same formula as in drawing_graph.py.
  const path = (tail, head) => {
    const x1 = tail.x + nodeWidth;
    const y1 = tail.y + tail.height / 2;
    const back = head.column <= tail.column;
    const x2 = head.x + (back ? nodeWidth : 0);
    const y2 = head.y + head.height / 2;
    const bend = back ? Math.max(x1, x2) + gap / 2 : (x1 + x2) / 2;
    return `M${x1} ${y1}C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}`;
  };
  const size = () => {
    svg.setAttribute("width", Math.round(svg.viewBox.baseVal.width * zoom));
    svg.setAttribute("height", Math.round(svg.viewBox.baseVal.height * zoom));
  };
  const place = (width, height) => {
    for (const node of nodes.values()) {
      node.element.setAttribute("transform", `translate(${node.x} ${node.y})`);
      node.element.toggleAttribute("hidden", !node.shown);
    }
    for (const { element, tail, head } of edges) {
      element.toggleAttribute("hidden", !tail.shown || !head.shown);
      element.setAttribute("d", path(tail, head));
    }
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    size();
  };
  const spread = () => {
    for (const { element, homeX } of headings) {
      element.toggleAttribute("hidden", false);
      element.setAttribute("x", homeX);
    }
    place(full.width, full.height);
  };
  const drawAll = () => {
    for (const node of nodes.values()) Object.assign(node, { shown: true, x: node.homeX, y: node.home });
    spread();
  };
  const draw = () => {
    const wanted = new Set(kinds.filter((one) => one.checked).map((one) => one.value));
    const compact = only.getAttribute("aria-pressed") === "true";
    for (const node of nodes.values()) {
      node.shown = node === chosen || (wanted.has(node.kind) && (!compact || lit.has(node)));
      node.x = node.homeX;
      node.y = node.home;
    }
    if (!compact) {
      spread();
      return;
    }
    // What is left moves together: empty columns close up, and in each the nodes stand one below the other.
    const columns = headings.map(({ column }) => order.filter((one) => one.shown && one.column === column));
    const heights = columns.map((some) => some.reduce((sum, one) => sum + one.height + between, 0));
    const tallest = Math.max(...heights);
    let x = headings[0].homeX;
    columns.forEach((some, index) => {
      const { element } = headings[index];
      element.toggleAttribute("hidden", !some.length);
      if (!some.length) return;
      element.setAttribute("x", x);
      let y = top + (tallest - heights[index]) / 2;
      for (const one of some) {
        Object.assign(one, { x, y });
        y += one.height + between;
      }
      x += nodeWidth + gap;
    });
    place(x - gap + headings[0].homeX, top + tallest + 10);
  };
  const centre = (node) => {
    const behaviour = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    box.scrollTo({
      left: (node.x + nodeWidth / 2) * zoom - box.clientWidth / 2,
      top: (node.y + node.height / 2) * zoom - box.clientHeight / 2,
      behavior: behaviour,
    });
  };
  const setZoom = (value) => {
    const middle = [(box.scrollLeft + box.clientWidth / 2) / zoom, (box.scrollTop + box.clientHeight / 2) / zoom];
    zoom = Math.min(2, Math.max(0.2, value));
    size();
    box.scrollLeft = middle[0] * zoom - box.clientWidth / 2;
    box.scrollTop = middle[1] * zoom - box.clientHeight / 2;
  };
  const fit = () => setZoom(Math.min(1, (box.clientWidth - 2) / svg.viewBox.baseVal.width));
  const element = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const linkTo = (node) => {
    const item = document.createElement("li");
    const link = element("a", node.label, { href: `#${node.element.id}`, dir: "auto" });
    link.addEventListener("click", (event) => {
      event.preventDefault();
      choose(node.key, true);
    });
    item.append(link, ` (${node.kind})`);
    return item;
  };
  const list = (heading, some) => {
    const made = document.createElement("ul");
    made.append(...order.filter((one) => some.has(one)).map(linkTo));
    lists.append(element("h4", heading), some.size ? made : element("p", "Nothing."));
  };
  const choose = (key, focus = false) => {
    const node = nodes.get(key);
    const up = reach(node, "into", "tail");
    const down = reach(node, "out", "head");
    chosen = node;
    lit = new Set([node, ...up.found, ...down.found]);
    svg.classList.add("following");
    for (const one of nodes.values()) {
      one.element.classList.toggle("lit", lit.has(one));
      one.element.classList.toggle("chosen", one === node);
      one.element.setAttribute("aria-pressed", String(one === node));
    }
    for (const edge of edges) {
      edge.element.classList.toggle("up", up.passed.has(edge));
      edge.element.classList.toggle("down", down.passed.has(edge));
    }
    only.disabled = clear.disabled = false;
    by("graph-chosen").textContent = node.label;
    hint.hidden = true;
    lists.replaceChildren();
    const card = element("a", `Read its card (${node.kind})`, { href: node.element.getAttribute("href") });
    const first = document.createElement("p");
    first.append(card);
    lists.append(first);
    list(`Feeds it: ${up.found.size}`, up.found);
    list(`It feeds: ${down.found.size}`, down.found);
    const sum = `${up.found.size || "Nothing"} ${up.found.size > 1 ? "feed" : "feeds"} it, and it feeds ${down.found.size || "nothing"}.`;
    status.replaceChildren(element("span", `Chosen: ${node.label} `, { class: "hidden-text" }), sum);
    draw();
    if (only.getAttribute("aria-pressed") === "true") fit();
    rove(node);
    if (focus) {
      node.element.focus({ preventScroll: true });
      box.scrollIntoView({ block: "nearest" });
    }
    centre(node);
  };
  const unchoose = () => {
    if (!chosen) return;
    const was = chosen;
    chosen = null;
    lit = new Set();
    svg.classList.remove("following");
    for (const one of nodes.values()) {
      one.element.classList.remove("lit", "chosen");
      one.element.setAttribute("aria-pressed", "false");
    }
    for (const { element: line } of edges) line.classList.remove("up", "down");
    if (only.getAttribute("aria-pressed") === "true") zoom = 1;
    only.setAttribute("aria-pressed", "false");
    const inside = by("dependencies").contains(document.activeElement);
    only.disabled = clear.disabled = true;
    by("graph-chosen").textContent = "Nothing is chosen";
    hint.hidden = false;
    lists.replaceChildren();
    status.textContent = "Nothing is chosen any more.";
    draw();
    if (inside) was.element.focus({ preventScroll: true });
    centre(was);
  };
  // One stop for Tab; the arrow keys go from node to node.
  const rove = (node) => {
    for (const one of nodes.values()) one.element.setAttribute("tabindex", one === node ? "0" : "-1");
  };
  const step = (node, key) => {
    const shown = order.filter((one) => one.shown);
    const near = (column) => shown.filter((one) => one.column === column)
      .sort((a, b) => Math.abs(a.y - node.y) - Math.abs(b.y - node.y))[0];
    const column = shown.filter((one) => one.column === node.column);
    const at = column.indexOf(node);
    const columns = [...new Set(shown.map((one) => one.column))];
    const here = columns.indexOf(node.column);
    return {
      ArrowDown: () => column[at + 1],
      ArrowUp: () => column[at - 1],
      ArrowRight: () => near(columns[here + 1]),
      ArrowLeft: () => near(columns[here - 1]),
      Home: () => shown[0],
      End: () => shown[shown.length - 1],
    }[key];
  };
  for (const node of nodes.values()) {
    node.element.setAttribute("role", "button");
    node.element.setAttribute("aria-pressed", "false");
    node.element.addEventListener("click", (event) => {
      event.preventDefault();
      choose(node.key);
      node.element.focus({ preventScroll: true });
    });
    node.element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        choose(node.key);
        return;
      }
      const next = step(node, event.key);
      if (!next) return;
      event.preventDefault();
      const to = next();
      if (!to) return;
      rove(to);
      to.element.focus({ preventScroll: true });
      centre(to);
    });
  }
  by("dependencies").addEventListener("keydown", (event) => {
    if (event.key === "Escape") unchoose();
  });
  clear.addEventListener("click", unchoose);
  only.addEventListener("click", () => {
    const pressed = only.getAttribute("aria-pressed") !== "true";
    only.setAttribute("aria-pressed", String(pressed));
    draw();
    if (pressed) fit();
    else setZoom(1);
    centre(chosen);
  });
  for (const one of kinds) one.addEventListener("change", draw);
  by("graph-smaller").addEventListener("click", () => setZoom(zoom / 1.25));
  by("graph-larger").addEventListener("click", () => setZoom(zoom * 1.25));
  by("graph-whole").addEventListener("click", fit);
  const matches = () => {
    const words = plain(find.value).split(" ").filter(Boolean);
    return words.length ? order.filter((one) => words.every((word) => one.text.includes(word))) : [];
  };
  find.addEventListener("input", () => {
    if (find.value.trim()) unchoose();
    const found = matches();
    for (const one of nodes.values()) one.element.classList.toggle("match", found.includes(one));
    lists.replaceChildren();
    if (found.length) list(`Found: ${found.length}`, new Set(found));
    status.textContent = find.value.trim() ? `${found.length || "None"} of ${nodes.size} found.` : "";
  });
  find.addEventListener("keydown", (event) => {
    const [first] = matches();
    if (event.key === "Enter" && first) choose(first.key, true);
  });

  // Dragging the ground moves the drawing; a click on a node stays a click.
  let drag = null;
  box.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button || event.target.closest(".node")) return;
    drag = { x: event.clientX + box.scrollLeft, y: event.clientY + box.scrollTop };
    box.classList.add("dragged");
  });
  addEventListener("pointermove", (event) => {
    if (!drag) return;
    box.scrollLeft = drag.x - event.clientX;
    box.scrollTop = drag.y - event.clientY;
  });
  addEventListener("pointerup", () => {
    drag = null;
    box.classList.remove("dragged");
  });

  if (order.length) rove(order[0]);
  addEventListener("hashchange", reveal);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && !event.defaultPrevented && link.hash === location.hash) reveal(); // no hashchange comes then
  });
  if (location.hash) reveal();
})();
