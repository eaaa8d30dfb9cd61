// A text scrolls to its cited sentence when its article is opened, and to another one when its number is chosen.
const reveal = (sentence) => {
    const text = sentence?.closest(".text");
    if (!text) return;
    const below = sentence.getBoundingClientRect().top - text.getBoundingClientRect().top;
    text.scrollTop += below - text.clientHeight / 3;
};
const revealIn = (article) => reveal(article.querySelector("mark.current") ?? article.querySelector("mark"));
const revealAll = () => element.querySelectorAll("details.source[open]").forEach(revealIn);

element.addEventListener("toggle", (event) => {
    if (event.target.matches("details.source[open]")) revealIn(event.target);
}, true);
element.addEventListener("click", (event) => {
    const number = event.target.closest("a.number");
    const sentence = number && document.getElementById(number.hash.slice(1));
    if (!sentence) return;
    event.preventDefault();
    element.querySelectorAll("mark.current").forEach((each) => {
        each.classList.remove("current");
        each.removeAttribute("aria-current");
    });
    sentence.classList.add("current");
    sentence.setAttribute("aria-current", "true");
    reveal(sentence);
    sentence.focus({ preventScroll: true });
});
watch("value", revealAll);
