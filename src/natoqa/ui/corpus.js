// Buttons and forms of the corpus page become events of the page; what they say goes along as text.
const EVENTS = ["choose", "leaf", "read", "seek", "unlock"];
const announce = (name, said) => { if (EVENTS.includes(name)) trigger(name, said); };

element.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-event]");
    if (button) announce(button.dataset.event, { ...button.dataset });
    // A click beside the text of an opened article closes it.
    if (event.target instanceof HTMLDialogElement) event.target.close();
});

element.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog") return;
    event.preventDefault();
    if (form.matches(".adding form")) send(form);
    else announce(form.dataset.event, Object.fromEntries(new FormData(form)));
});

element.addEventListener("reset", (event) => {
    if (event.target.dataset.event === "seek") announce("seek", {});
});

watch("value", () => {
    const dialog = element.querySelector("dialog");
    if (!dialog) return;
    dialog.showModal();
    dialog.querySelector("h2").focus();
    dialog.querySelector("mark")?.scrollIntoView({ block: "center" });
});

async function send(form) {
    const adding = form.closest(".adding");
    const { permit, most } = adding.dataset;
    const outcome = adding.querySelector(".outcome");
    const buttons = adding.querySelectorAll("button");
    const { file, address } = form.elements;
    const tell = (text, failed) => {
        outcome.textContent = text;
        outcome.classList.toggle("failed", failed);
    };
    const sent = file?.files[0];
    if (sent?.size > Number(most)) {
        tell(`${sent.name} is too large: an article has at most ${Number(most) / 1e6} MB.`, true);
        return;
    }
    // While one is under way the index takes no other.
    const lock = (locked) => { for (const button of buttons) button.disabled = locked; };
    lock(true);
    tell(sent ? `Adding ${sent.name} …` : `Fetching ${address.value} …`, false);
    try {
        const headers = permit ? { Authorization: `Bearer ${permit}` } : {};
        const response = await fetch("articles", { method: "POST", body: new FormData(form), headers });
        const said = await response.json();
        if (response.ok) {
            const failed = said.failed.map((each) => `${each.path}: ${each.error}`);
            tell([said.told, ...failed].join("\n"), failed.length > 0);
            form.reset();
        } else {
            tell(`${said.error} ${said.hint}`, true);
        }
    } catch {
        tell("It could not be sent. Try again in a moment.", true);
    } finally {
        lock(false);
    }
}
