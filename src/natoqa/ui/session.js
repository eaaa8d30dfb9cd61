// A session can end while the page is open: by its time, by a restart, from another tab. The first request that is
// refused for that leads to the login, and the login leads back to this address.
const ask = window.fetch;

// A question that is being typed waits in this tab meanwhile, for the same page and the same person.
const DRAFT = "natoqa-draft";
const person = () => document.querySelector("#account form span")?.textContent ?? "";
function putAside() {
    const text = document.querySelector("#asking textarea")?.value;
    if (!text) return;
    try {
        sessionStorage.setItem(DRAFT, JSON.stringify({ text, path: location.pathname, person: person() }));
    } catch {
        // A browser that keeps nothing, or no text as long as this, loses it.
    }
}
window.natoqaDraft = (question) => {
    try {
        const draft = JSON.parse(sessionStorage.getItem(DRAFT));
        if (draft?.path !== location.pathname) return question;
        sessionStorage.removeItem(DRAFT);
        return draft.person === person() ? draft.text : question;
    } catch {
        return question;
    }
};

// Whoever logs out is on the way to the login already, and wants to be led nowhere after it.
let leaving = false;
document.addEventListener("submit", ({ target }) => { leaving ||= target.matches("#account form"); });
addEventListener("pageshow", () => { leaving = false; });

window.fetch = async (...asked) => {
    const answer = await ask.apply(window, asked);
    // Only the login's own refusals name it: neither those for a wrong key, nor those of a proxy.
    const login = answer.status === 401 ? answer.headers.get("natoqa-login") : null;
    if (login === null || new URL(answer.url).origin !== location.origin) return answer;
    const way = new URL(login, location.origin);
    if (way.origin !== location.origin) return answer;
    if (!leaving) {
        putAside();
        way.searchParams.set("next", location.pathname + location.search);
        location.replace(way);
    }
    // Never answered, so that no failure shows while the browser leaves.
    return new Promise(() => {});
};
