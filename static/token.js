// Signing in again, in another tab, changes the token of every form that is open. A page that was
// left asks for the new one before it sends anything: <div data-signed-in="…">.

const LONGEST = 3_000; // until a form is sent as it is

// Gives the boxes of this page their token of now; not where somebody else has signed in since.
export async function takeNewToken() {
  try {
    const signal = AbortSignal.timeout(LONGEST);
    const { person, token } = await (await fetch("/accounts/token/", { signal })).json();
    const of = document.querySelector("[data-signed-in]")?.dataset.signedIn;
    if (of && person && of !== String(person)) return false;
    const boxes = document.querySelectorAll('input[name="csrfmiddlewaretoken"]');
    for (const box of boxes) box.value = token;
    return boxes.length > 0;
  } catch {
    return false; // The portal is away: sending says so.
  }
}

let wasLeft = false;
const leave = () => {
  wasLeft = true;
};
window.addEventListener("blur", leave);
document.addEventListener("visibilitychange", leave);
window.addEventListener("pageshow", ({ persisted }) => persisted && leave());

document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (!wasLeft || event.defaultPrevented || !form.elements.namedItem("csrfmiddlewaretoken")) return;
  event.preventDefault();
  await takeNewToken();
  wasLeft = false;
  form.requestSubmit(submitter);
});
