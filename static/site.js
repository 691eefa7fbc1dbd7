// Starts the components of govuk-frontend that the portal uses. Every page works without it.
// Loaded once, in the head: <script type="module" src="{% static 'site.js' %}"></script>
import {
  Button,
  CharacterCount,
  createAll,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  SkipLink,
} from "./vendor/govuk-frontend/govuk-frontend.min.js";
import "./token.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");

for (const Component of [
  Button,
  CharacterCount,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  SkipLink,
]) {
  createAll(Component);
}

// Who skipped to the content and sent a form lands on the content again, and past what it says.
const told = document.querySelector('[data-module="govuk-error-summary"], [role="alert"]');
if (location.hash === "#main" && told) {
  history.replaceState(history.state, "", location.pathname + location.search);
  told.focus();
}

// Questions asked only after some answers. Ours and not govuk-frontend's: several answers may
// lead to the same questions, and a radio button may not carry aria-expanded.
function showWhatIsAsked() {
  for (const panel of document.querySelectorAll("[data-asked-when]")) {
    const answers = panel.dataset.askedWhen.split(" ");
    const inputs = panel
      .closest("fieldset")
      .querySelectorAll(`input[name="${CSS.escape(panel.dataset.askedBy)}"]:checked`);
    const isAsked = [...inputs].some((input) => answers.includes(input.value));
    panel.classList.toggle("govuk-radios__conditional--hidden", !isAsked);
  }
}
document.addEventListener("change", showWhatIsAsked);
// Also after the back button, when the browser has put the answers back.
window.addEventListener("pageshow", showWhatIsAsked);
showWhatIsAsked();

// A button that says how many of its form's boxes are ticked: "Accept the 9 chosen".
function sayHowMany() {
  for (const button of document.querySelectorAll("[data-counts-chosen]")) {
    button.dataset.plain ??= button.textContent;
    const chosen = button.form.querySelectorAll('input[type="checkbox"]:checked').length;
    button.textContent = chosen
      ? button.dataset.countsChosen.replace("{n}", chosen)
      : button.dataset.plain;
  }
}
document.addEventListener("change", sayHowMany);
window.addEventListener("pageshow", sayHowMany);
sayHowMany();
