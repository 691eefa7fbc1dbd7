// What is pasted from Word or a web page, brought down to what an answer can hold, with words for
// what was left out. The server (documents/richtext.py) cleans once more and has the last word;
// this is so that the writer sees at once what it will keep. tests/browser/test_editor.py holds
// both to the same text.

const LINK = /^\s*(https?:\/\/[^/?#]|mailto:[^/?#]|tel:\+?\d)/i;
const LONGEST_UNDERLINED_HEADING = 150;
const BULLET = /^\s*(?:[·•●○◦▪■□➢✓\uf0b7\uf0a7\uf0a8\uf0d8\uf0fc]|[o§–-](?=\s))\s*/;
const NUMBER = /^\s*\(?(?:\d{1,3}|[a-z]|[ivxlc]{1,6})[.)]\s*/i;
const BLOCKS = "p, div, li, h1, h2, h3, h4, h5, h6";

export function tidyPaste(html) {
  const page = parsed(html);
  const leftOut = [
    ...counted(removeComments(page), "comment"),
    ...counted(removeAll(page, "del"), "deleted passage"),
    ...(removeHidden(page) ? ["hidden text"] : []),
    ...counted(removeAll(page, "img, svg, picture, canvas, v\\:imagedata"), "picture"),
    ...counted(removeAll(page, "iframe, object, embed, video, audio"), "embedded item"),
    ...counted(removeAll(page, "script"), "script"),
    ...counted(removeAll(page, "input, button, select, textarea"), "form field"),
  ];
  removeAll(page, "style, meta, link, title, xml, template, noscript");
  makeLists(page);
  const tables = makeRows(page);
  const headings = makeHeadings(page);
  const links = removeBadLinks(page);
  const lost = appearances(page);
  makeMarks(page);
  leftOut.push(
    ...counted(tables, "table was turned into rows of text", "tables were turned into rows of text"),
    ...counted(
      headings,
      "underlined line was turned into a heading",
      "underlined lines were turned into headings",
    ),
    ...counted(
      links,
      "link that did not begin with http or https",
      "links that did not begin with http or https",
    ),
    ...lost,
  );
  return { html: page.body.innerHTML, leftOut };
}

function counted(number, one, many = `${one}s`) {
  return number === 0 ? [] : [`${number} ${number === 1 ? one : many}`];
}

// Read without being applied: our Content-Security-Policy refuses style sheets and attributes,
// with a report for each one there is.
function parsed(html) {
  const quiet = html
    .replace(/<style\b[^]*?<\/style\s*>/gi, "")
    .replace(/<[^>]+>/g, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style="));
  return new DOMParser().parseFromString(quiet, "text/html");
}

// The style attribute of an element as names and values, in lower case.
function styleOf(element) {
  const style = {};
  for (const declaration of (element.dataset.style ?? "").toLowerCase().split(";")) {
    const colon = declaration.indexOf(":");
    if (colon > 0) style[declaration.slice(0, colon).trim()] = declaration.slice(colon + 1).trim();
  }
  return style;
}

function removeAll(page, selector) {
  const found = page.querySelectorAll(selector);
  for (const each of found) each.remove();
  return found.length;
}

function unwrap(element) {
  element.replaceWith(...element.childNodes);
}

// Word puts each comment's text at the end, and a mark that leads to it where it belongs.
function removeComments(page) {
  const marks = removeAll(page, '.msocomanchor, a[href^="#_msocom"]');
  removeAll(page, ".MsoCommentReference");
  const texts = removeAll(page, '[data-style~="mso-element:comment"]');
  removeAll(page, '[data-style*="mso-element:comment"], .MsoCommentText');
  return Math.max(marks, texts);
}

function removeHidden(page) {
  let found = removeAll(page, "[hidden]") > 0;
  for (const element of page.querySelectorAll("[data-style]")) {
    const style = styleOf(element);
    if (style.display === "none" || style.visibility === "hidden" || style["mso-hide"] === "all") {
      found ||= element.textContent.trim() !== "";
      element.remove();
    }
  }
  return found;
}

// Lists. Word writes an item as a paragraph with its bullet or number as text in front, and says
// how deep it is in its style. ---------------------------------------------------------------

function makeLists(page) {
  let open = []; // for each level the list, its tag and its last item
  for (const line of [...page.querySelectorAll("p")]) {
    const found = itemOf(line);
    if (!found) continue;
    if (open.length === 0 || line.previousElementSibling !== open[0].list) open = [];
    const level = Math.min(found.level, open.length);
    open.length = Math.min(open.length, level + 1);
    if (open[level]?.tag !== found.tag) {
      const list = page.createElement(found.tag);
      if (level === 0) line.before(list);
      else open[level - 1].item.append(list);
      open[level] = { list, tag: found.tag };
    }
    const item = page.createElement("li");
    item.append(...line.childNodes);
    open[level].list.append(item);
    open[level].item = item;
    line.remove();
  }
}

// The tag and level of the list that this paragraph is an item of, its mark taken away.
function itemOf(line) {
  const said = styleOf(line)["mso-list"] ?? "";
  if (!/MsoList/.test(line.className) && !said.startsWith("l")) return null;
  const level = Number(/level([1-9])/.exec(said)?.[1] ?? 1) - 1;
  const mark = [...line.querySelectorAll("[data-style]")].find(
    (element) => styleOf(element)["mso-list"] === "ignore",
  );
  if (mark) {
    const isNumber = NUMBER.test(mark.textContent);
    mark.remove();
    return { level, tag: isNumber ? "ol" : "ul" };
  }
  const bullet = BULLET.exec(line.textContent);
  const number = NUMBER.exec(line.textContent);
  if (!bullet && !number) return null;
  removeStart(line, (bullet ?? number)[0].length);
  return { level, tag: bullet ? "ul" : "ol" };
}

function removeStart(element, length) {
  const texts = element.ownerDocument.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (length > 0 && texts.nextNode()) {
    const text = texts.currentNode;
    const taken = Math.min(length, text.length);
    text.deleteData(0, taken);
    length -= taken;
  }
}

// Tables, headings, links, and what sets a text apart. ---------------------------------------

function makeRows(page) {
  const tables = [...page.querySelectorAll("table")].reverse();
  for (const table of tables) {
    const rows = [...table.rows].map((row) => {
      const line = page.createElement("p");
      for (const cell of row.cells) {
        if (line.hasChildNodes()) line.append(" | ");
        for (const inner of cell.querySelectorAll(`${BLOCKS}, br`)) {
          inner.before(" ");
          unwrap(inner);
        }
        line.append(...cell.childNodes);
      }
      return line;
    });
    table.replaceWith(...rows);
  }
  return tables.length;
}

function isUnderlined(element) {
  const style = styleOf(element);
  return element.tagName === "U" || /underline/.test(style["text-decoration"] ?? "");
}

// An underlined line is what people write for a heading.
function makeHeadings(page) {
  for (const heading of page.querySelectorAll("h1, h2, h3, h5, h6")) rename(page, heading, "h4");
  let found = 0;
  for (const line of page.querySelectorAll("p")) {
    const text = line.textContent.trim();
    if (!text || text.length > LONGEST_UNDERLINED_HEADING || line.closest("li")) continue;
    const underlined = [...line.querySelectorAll("u, [data-style]")].filter(isUnderlined);
    if (isUnderlined(line) || underlined.some((each) => each.textContent.trim() === text)) {
      for (const each of underlined) rename(page, each, "span");
      rename(page, line, "h4");
      found += 1;
    }
  }
  return found;
}

function rename(page, element, tag) {
  const renamed = page.createElement(tag);
  renamed.append(...element.childNodes);
  element.replaceWith(renamed);
}

function removeBadLinks(page) {
  const bad = [...page.querySelectorAll("a[href]")].filter(
    (link) => !LINK.test(link.getAttribute("href")),
  );
  for (const link of bad) unwrap(link);
  return bad.length;
}

function appearances(page) {
  const everything = [...page.body.querySelectorAll("*")];
  const some = (is) => everything.some((element) => element.textContent.trim() && is(element));
  const looks = /^(background|color|font$|font-family|font-size)/;
  const isStyled = (element) => Object.keys(styleOf(element)).some((name) => looks.test(name));
  return [
    ...(some((element) => element.tagName === "FONT" || isStyled(element))
      ? ["text colours and fonts"]
      : []),
    ...(some(isUnderlined) ? ["underlining"] : []),
    ...(some((element) => /^(S|STRIKE)$/.test(element.tagName)) ? ["striking through"] : []),
    ...(some((element) => element.tagName === "SUB") ? ["lowered letters"] : []),
  ];
}

// Bold, italic and raised letters, also where only a style says so. A style outweighs the tag:
// Google Docs wraps everything in a <b> that is not bold.
function makeMarks(page) {
  for (const element of page.querySelectorAll("[data-style]")) {
    const style = styleOf(element);
    const weight = style["font-weight"] ?? "";
    if (/^(normal|lighter|[1-5]\d\d)$/.test(weight) && /^(B|STRONG)$/.test(element.tagName)) {
      unwrap(element);
      continue;
    }
    if (/^(bold|bolder|[6-9]\d\d)$/.test(weight)) wrapInside(page, element, "strong");
    if (/^(italic|oblique)$/.test(style["font-style"] ?? "")) wrapInside(page, element, "em");
    if (style["vertical-align"] === "super") wrapInside(page, element, "sup");
  }
  for (const element of page.querySelectorAll("[data-style], [class]")) {
    element.removeAttribute("data-style");
    element.removeAttribute("class");
  }
}

function wrapInside(page, element, tag) {
  const mark = page.createElement(tag);
  mark.append(...element.childNodes);
  element.append(mark);
}
