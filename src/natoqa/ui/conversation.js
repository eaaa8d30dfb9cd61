// Clicks inside the conversation become events of the page; a new turn is scrolled into view once, and then left alone.
element.addEventListener("click", (event) => {
    const example = event.target.closest("button.example");
    if (example) trigger("example", { question: example.textContent });
    const citation = event.target.closest("a.citation, a.near");
    if (citation) {
        event.preventDefault();
        const [, turn, number] = citation.hash.split("-");
        trigger("cite", { turn: Number(turn), number: Number(number) });
    }
});
let seen = 0;
watch("value", () => {
    const turns = element.querySelectorAll(".turn");
    if (turns.length > seen) turns[turns.length - 1].scrollIntoView({ block: "start" });
    seen = turns.length;
});
