// What is wrong with the page that is open, as a list of sentences.
(() => {
  const wrong = [];
  const say = (what, element) => wrong.push(`${what}: ${(element?.outerHTML ?? "").slice(0, 120)}`);
  const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".hidden");
  const all = (selector) => [...document.querySelectorAll(selector)];

  if (document.documentElement.scrollWidth > innerWidth) {
    const wide = all("main *, header *, footer *").find((e) => e.getBoundingClientRect().right > innerWidth + 1
      && !e.closest("pre") && shown(e));
    say(`wider than the screen by ${document.documentElement.scrollWidth - innerWidth}`, wide);
  }
  if (document.documentElement.lang !== "zh-CN") wrong.push("no language");
  for (const selector of ["h1", "main", "header", "footer", "title"]) {
    const count = selector === "header" || selector === "footer"
      ? all(`body > ${selector}`).length : all(selector).length;
    if (count !== 1) wrong.push(`${count} of ${selector}`);
  }
  let level = 0;
  for (const heading of all("h1, h2, h3, h4")) {
    const own = Number(heading.tagName[1]);
    if (own > level + 1) say(`a heading skips from ${level}`, heading);
    level = own;
  }
  const ids = all("[id]").map((e) => e.id);
  for (const id of ids.filter((id, index) => ids.indexOf(id) !== index)) wrong.push(`twice: #${id}`);
  for (const e of all("a[href], button")) if (!(e.textContent.trim() || e.ariaLabel)) say("no name", e);
  for (const e of all("img")) if (!e.hasAttribute("alt")) say("no alternative", e);
  for (const e of all("input:not([type=hidden]), select")) if (!e.labels?.length && !e.ariaLabel) say("no label", e);
  for (const e of all("table")) if (!e.caption || !e.querySelector("th[scope]")) say("no caption or heads", e);
  for (const e of all("svg")) if (e.ariaHidden !== "true" && !e.ariaLabel) say("a drawing without words", e);
  for (const e of all("nav")) if (!e.ariaLabel) say("a navigation without a name", e);
  for (const e of all("header nav a")) {
    const range = document.createRange();
    range.selectNodeContents(e);
    if (range.getClientRects().length > 1) say("broken over lines", e);
  }
  for (const e of all("a[href^='#']")) if (!document.querySelector(e.getAttribute("href"))) say("leads nowhere", e);
  for (const e of all("script, style, [style], [onclick]")) say("not for this site", e);

  // Contrast, as WCAG 2.2 counts it.
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (text) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], under) => [r, g, b].map((c, i) => c * a + under[i] * (1 - a));
  const light = (rgb) => {
    const [r, g, b] = rgb.map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) layers.push(rgba(getComputedStyle(e).backgroundColor));
    return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255]);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || seen.has(element) || !shown(element) || element.closest("svg")) continue;
    seen.add(element);
    const style = getComputedStyle(element);
    const under = behind(element);
    const [a, b] = [light(over(rgba(style.color), under)), light(under)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const size = parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    if (ratio < least) say(`contrast ${ratio.toFixed(2)}`, element);
    if (size < 12) say(`text of ${size}px`, element);
  }
  return wrong;
})()
