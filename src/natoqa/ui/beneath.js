// What can be done with an answer: copy it, say what one thinks of it, search again.
async function copied(text) {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        // Pages that are not served over https have no clipboard of their own.
        const holder = document.createElement("textarea");
        holder.value = text;
        holder.style.cssText = "position:fixed;opacity:0";
        document.body.append(holder);
        holder.select();
        const done = document.execCommand("copy");
        holder.remove();
        return done;
    }
}
function say(turn, words) {
    turn.querySelector(".said").textContent = words;
}
function rate(turn, button) {
    const pressed = button.getAttribute("aria-pressed") === "true";
    for (const each of turn.querySelectorAll(".rate")) {
        each.setAttribute("aria-pressed", String(each === button && !pressed));
    }
    const reason = turn.querySelector(".reason");
    reason.hidden = pressed;
    reason.scrollIntoView({ block: "nearest" });
    trigger("rate", { turn: Number(button.dataset.turn), rating: pressed ? "" : button.dataset.rating, reason: "" });
}
element.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    const turn = button?.closest(".turn");
    if (!turn) return;
    if (button.matches(".copy")) {
        const { copy, link } = button.dataset;
        const done = await copied(copy ?? new URL(link, document.baseURI).href);
        button.focus();
        say(turn, done ? "Copied." : "Your browser did not allow copying.");
    } else if (button.matches(".rate")) {
        rate(turn, button);
    } else if (button.matches(".repeat")) {
        trigger("repeat", { turn: Number(button.dataset.turn) });
    } else if (button.matches(".edit")) {
        const form = turn.querySelector(".again");
        form.hidden = !form.hidden;
        button.setAttribute("aria-expanded", String(!form.hidden));
        form.scrollIntoView({ block: "nearest" });
        if (!form.hidden) form.elements.query.select();
    }
});
element.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    const number = Number(form.dataset.turn);
    if (form.matches(".again")) {
        if (form.elements.query.value.trim()) trigger("again", { turn: number, query: form.elements.query.value });
    } else {
        const rating = form.closest(".turn").querySelector('.rate[aria-pressed="true"]')?.dataset.rating;
        if (rating) trigger("rate", { turn: number, rating, reason: form.elements.reason.value });
        form.hidden = true;
        form.closest(".turn").querySelector(`.rate[data-rating="${rating}"]`)?.focus();
    }
});
// Escape closes what was opened.
element.addEventListener("keydown", (event) => {
    const form = event.target.closest("form.again, form.reason");
    if (event.key !== "Escape" || !form) return;
    form.hidden = true;
    const opener = form.matches(".again") ? ".edit" : '.rate[aria-pressed="true"]';
    const button = form.closest(".turn").querySelector(opener);
    if (button?.matches(".edit")) button.setAttribute("aria-expanded", "false");
    button?.focus();
});
