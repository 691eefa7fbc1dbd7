// Turns a plain text box into a rich-text editor: bold, italic, lists and links. Without script
// the box stays as it is, and plain lines become the same clean HTML on the server.
// The editor itself is Tiptap, as django-prose-editor ships it.
import {
  Bold,
  BulletList,
  Document,
  Editor,
  HardBreak,
  Heading,
  History,
  Italic,
  ListItem,
  Mark,
  OrderedList,
  Paragraph,
  Superscript,
  Text,
} from "./django_prose_editor/editor.js";
import { tidyPaste } from "./paste.js";

const GOOD_LINK = /^(https?:\/\/|mailto:|tel:)\S/i;

const Link = Mark.create({
  name: "link",
  inclusive: false,
  addAttributes: () => ({ href: { default: null } }),
  parseHTML: () => [
    { tag: "a[href]", getAttrs: (a) => (GOOD_LINK.test(a.getAttribute("href")) ? null : false) },
  ],
  renderHTML: ({ HTMLAttributes }) => ["a", { href: HTMLAttributes.href }, 0],
});

// Tab leaves the box, as it does everywhere else on the page.
const Item = ListItem.extend({
  addKeyboardShortcuts() {
    return { Enter: () => this.editor.commands.splitListItem("listItem") };
  },
});

const ICONS = {
  bullets:
    '<svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="3" cy="5" r="1.6"/><circle cx="3" cy="10" r="1.6"/><circle cx="3" cy="15" r="1.6"/><path d="M7 5h11M7 10h11M7 15h11" stroke="currentColor" stroke-width="2"/></svg>',
  numbers:
    '<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M1.5 3h1.5v5" fill="none" stroke="currentColor" stroke-width="1.4"/><path d="M1 12.5h3v2.4H1.2v2.4h3" fill="none" stroke="currentColor" stroke-width="1.4"/><path d="M7 5h11M7 15h11" stroke="currentColor" stroke-width="2"/></svg>',
};

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function icon(markup) {
  return new DOMParser().parseFromString(markup.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"'), "image/svg+xml").documentElement;
}

// The plain box keeps a copy of what is written, which the browser brings back after the back
// button, with the version it was written on: the conflict check then holds as before.
const COPY = /^<!-- written on ([^ ]*) -->/;

function versionOf(box) {
  return box.form.elements.version ?? box.form.elements.marker ?? { value: "" };
}

function startEditor(box) {
  // Lines typed before this script had arrived stay in the plain box.
  if (box.value !== box.defaultValue && !COPY.test(box.value)) return;
  const hadFocus = document.activeElement === box;
  const id = box.id;
  const label = document.querySelector(`label[for="${id}"]`);
  label.id ||= `${id}_label`;
  const status = element("span", { role: "status" });
  const count = element("span");
  const holder = element("div");
  const bar = element("div", { role: "toolbar", "aria-label": "Formatting", "aria-controls": id, class: "editor__bar" });
  const linkPanel = element("div", { class: "editor__link", hidden: "" });
  const frame = element("div", { class: "editor" }, bar, linkPanel, holder);
  if (box.getAttribute("aria-invalid")) frame.classList.add("editor--error");
  const foot = element("p", { class: "editor__foot" }, status, count);

  box.before(frame);
  frame.after(foot);
  box.hidden = true;
  box.id = `${id}_plain`;
  const inForm = (changed) => (changed.isEmpty ? "" : changed.getHTML());
  box.form.addEventListener("formdata", ({ formData }) => {
    formData.delete(box.name);
    formData.set(`${box.name}_html`, inForm(editor));
  });

  const described = box.getAttribute("aria-describedby");
  const editor = new Editor({
    element: holder,
    injectCSS: false,
    content: box.dataset.html,
    extensions: [
      Document,
      Paragraph,
      Text,
      Bold,
      Italic,
      Superscript,
      BulletList,
      OrderedList,
      Item,
      HardBreak,
      Heading.configure({ levels: [4] }),
      History,
      Link,
    ],
    editorProps: {
      attributes: {
        id,
        class: "editor__box",
        role: "textbox",
        "aria-multiline": "true",
        "aria-labelledby": label.id,
        ...(described && { "aria-describedby": described }),
        ...(box.getAttribute("aria-invalid") && { "aria-invalid": "true" }),
      },
      transformPastedHTML(html) {
        const tidied = tidyPaste(html);
        status.textContent = tidied.leftOut.length
          ? `Left out when pasting: ${tidied.leftOut.join(", ")}.`
          : "";
        return tidied.html;
      },
    },
    onTransaction: ({ editor: changed }) => show(changed),
    onUpdate({ editor: changed }) {
      box.value = `<!-- written on ${versionOf(box).value} -->${inForm(changed)}`;
      // A button of the bar, or a list made by a key, is typing too.
      box.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  label.addEventListener("click", () => editor.commands.focus());

  const buttons = [];
  function addButton(text, kind, run, isOn) {
    const face = text in ICONS ? icon(ICONS[text]) : element(text === "B" ? "strong" : text === "I" ? "em" : "span", {}, text);
    // The bar is one stop of the Tab key; the arrows lead from button to button.
    const tabindex = buttons.length ? "-1" : "0";
    const made = element("button", { type: "button", "aria-pressed": "false", "aria-label": kind, tabindex }, face);
    made.addEventListener("click", () => run(editor));
    bar.append(made);
    buttons.push([made, isOn]);
    return made;
  }
  addButton("B", "Bold", (e) => e.chain().focus().toggleBold().run(), (e) => e.isActive("bold"));
  addButton("I", "Italic", (e) => e.chain().focus().toggleItalic().run(), (e) => e.isActive("italic"));
  bar.append(element("span", { class: "editor__gap" }));
  addButton("bullets", "Bulleted list", (e) => e.chain().focus().toggleBulletList().run(), (e) => e.isActive("bulletList"));
  addButton("numbers", "Numbered list", (e) => e.chain().focus().toggleOrderedList().run(), (e) => e.isActive("orderedList"));
  bar.append(element("span", { class: "editor__gap" }));
  const linkButton = addButton("Link", "Link", () => openLink(), (e) => e.isActive("link"));
  bar.addEventListener("focusin", ({ target }) => {
    for (const [made] of buttons) made.tabIndex = made === target ? 0 : -1;
  });
  bar.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const all = buttons.map(([made]) => made);
    const here = all.indexOf(event.target);
    const next = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    all.at(next % all.length).focus();
  });

  // The address of a link is asked for in the page, under the buttons.
  const address = element("input", { class: "govuk-input govuk-input--width-20", id: `${id}_address`, inputmode: "url", spellcheck: "false" });
  const problem = element("p", { class: "govuk-error-message", id: `${id}_address_error`, hidden: "" }, "Begin the address with https://");
  const put = element("button", { type: "button", class: "govuk-button govuk-button--secondary" }, "Set the link");
  const remove = element("button", { type: "button", class: "link-button" }, "No link");
  linkPanel.append(
    element("label", { class: "govuk-label", for: address.id }, "Address of the link"),
    problem,
    address,
    put,
    remove,
  );
  function openLink() {
    linkPanel.hidden = false;
    address.value = editor.getAttributes("link").href || "https://";
    address.focus();
  }
  function closeLink() {
    linkPanel.hidden = true;
    problem.hidden = true;
    address.removeAttribute("aria-describedby");
    address.removeAttribute("aria-invalid");
    editor.commands.focus();
  }
  function setLink() {
    const href = address.value.trim();
    if (!GOOD_LINK.test(href)) {
      problem.hidden = false;
      address.setAttribute("aria-describedby", problem.id);
      address.setAttribute("aria-invalid", "true");
      address.focus();
      return;
    }
    closeLink();
    const at = editor.chain().extendMarkRange("link");
    if (editor.state.selection.empty && !editor.isActive("link")) {
      at.insertContent({ type: "text", text: href, marks: [{ type: "link", attrs: { href } }] }).run();
    } else {
      at.setMark("link", { href }).run();
    }
  }
  put.addEventListener("click", setLink);
  remove.addEventListener("click", () => {
    closeLink();
    editor.chain().extendMarkRange("link").unsetMark("link").run();
  });
  linkPanel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeLink();
    if (event.key === "Enter" && event.target === address) {
      event.preventDefault();
      setLink();
    }
  });

  function show(changed) {
    for (const [made, isOn] of buttons) made.setAttribute("aria-pressed", String(isOn(changed)));
    const words = changed.getText({ blockSeparator: " " }).split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
    count.textContent = words === 1 ? "1 word" : `${words} words`;
  }
  show(editor);
  if (hadFocus) editor.commands.focus();
  // Only now has the browser put back what was in the boxes.
  window.addEventListener("pageshow", () => {
    const copy = COPY.exec(box.value);
    if (!copy) return;
    versionOf(box).value = copy[1];
    editor.commands.setContent(box.value.slice(copy[0].length));
  });
}

for (const box of document.querySelectorAll("textarea[data-html]")) startEditor(box);
