// What is pasted from Word or a web page, brought down to what an answer can hold, with words for
// what was left out. The server cleans once more; this is so that the writer sees it at once.

const LINK = /^(https?:\/\/|mailto:|tel:)/i;

function counted(number, one, many) {
  return number === 0 ? [] : [number === 1 ? `1 ${one}` : `${number} ${many}`];
}

// Word writes a list as paragraphs with a mark in front; items that follow one another are a list.
function makeLists(page) {
  for (const item of [...page.querySelectorAll('p[data-style*="mso-list"], p[class^="MsoListParagraph"]')]) {
    const mark = item.querySelector('[data-style*="mso-list:Ignore"], [data-style*="mso-list: Ignore"]');
    const text = (mark ?? item).textContent.trim();
    const typed = mark ? null : /^([·•o§-]|\d+[.)])\s+/.exec(text);
    if (!mark && !typed) continue;
    const tag = /^\d/.test(text) ? "ol" : "ul";
    mark?.remove();
    const line = page.createElement("li");
    line.append(...item.childNodes);
    if (typed && line.firstChild) {
      const first = page.createTreeWalker(line, NodeFilter.SHOW_TEXT).nextNode();
      first.data = first.data.trimStart().replace(typed[0].trim(), "").trimStart();
    }
    const before = item.previousElementSibling;
    if (before?.matches(`${tag}[data-from-word]`)) {
      before.append(line);
      item.remove();
    } else {
      const list = page.createElement(tag);
      list.dataset.fromWord = "";
      list.append(line);
      item.replaceWith(list);
    }
  }
}

function makeRows(page) {
  const tables = [...page.querySelectorAll("table")].reverse();
  for (const table of tables) {
    const rows = [...table.rows].map((row) => {
      const line = page.createElement("p");
      line.textContent = [...row.cells].map((cell) => cell.textContent.trim()).join(" | ");
      return line;
    });
    table.replaceWith(...rows);
  }
  return tables.length;
}

function removeAll(page, selector) {
  const found = page.querySelectorAll(selector);
  for (const each of found) each.remove();
  return found.length;
}

// Read without being applied: our Content-Security-Policy refuses style sheets and attributes,
// with a report for each one there is.
function parsed(html) {
  const quiet = html
    .replace(/<style\b[^]*?<\/style\s*>/gi, "")
    .replace(/<[^>]+>/g, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style="));
  return new DOMParser().parseFromString(quiet, "text/html");
}

// Word puts each comment's text at the end, and a mark that leads to it where it belongs.
function removeComments(page) {
  const marks = removeAll(page, ".MsoCommentReference, [data-style*='mso-comment-reference'] > a");
  const texts = removeAll(page, '[data-style~="mso-element:comment"]');
  removeAll(page, '[data-style*="mso-element:comment"], .MsoCommentText');
  return Math.max(marks, texts);
}

export function tidyPaste(html) {
  const page = parsed(html);
  const comments = removeComments(page);
  const scripts = removeAll(page, "script, iframe, object, embed, form, input, button");
  removeAll(page, "style, meta, link, title, xml");
  const pictures = removeAll(page, "img, svg, video, audio, v\\:imagedata");
  makeLists(page);
  const tables = makeRows(page);
  let links = 0;
  for (const link of page.querySelectorAll("a[href]")) {
    if (LINK.test(link.getAttribute("href"))) continue;
    link.replaceWith(...link.childNodes);
    links += 1;
  }
  const coloured = page.querySelector('[data-style*="color"], [data-style*="font-"], font') !== null;
  // Google Docs wraps everything in a <b> that is not bold; Word's mso-bidi-font-weight is another.
  for (const bold of page.querySelectorAll("b[data-style]")) {
    if (/(^|;)\s*font-weight:\s*(normal|400)/i.test(bold.dataset.style)) {
      bold.replaceWith(...bold.childNodes);
    }
  }
  for (const styled of page.querySelectorAll("[data-style], [class]")) {
    styled.removeAttribute("data-style");
    styled.removeAttribute("class");
  }
  for (const heading of page.querySelectorAll("h1, h2, h3, h5, h6")) {
    const fourth = page.createElement("h4");
    fourth.append(...heading.childNodes);
    heading.replaceWith(fourth);
  }
  return {
    html: page.body.innerHTML,
    leftOut: [
      ...counted(comments, "comment", "comments"),
      ...counted(pictures, "picture", "pictures"),
      ...counted(scripts, "embedded item", "embedded items"),
      ...counted(tables, "table was turned into rows of text", "tables were turned into rows of text"),
      ...counted(links, "link that did not begin with http or https", "links that did not begin with http or https"),
      ...(coloured ? ["text colours and fonts"] : []),
    ],
  };
}
