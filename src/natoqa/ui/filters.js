// The filters beside the question box: filled from the address, told in it, and handed over with each question.
const NAMES = ["since", "until", "outlet"];
const chosen = {};
function read() {
    const given = new URL(location.href).searchParams;
    for (const name of NAMES) chosen[name] = given.get(name) ?? "";
}
read();
window.natoqaFilters = () => JSON.stringify(chosen);

function fill() {
    const details = element.querySelector("details");
    if (!details) return;
    for (const name of NAMES) {
        const input = element.querySelector(`[name="${name}"]`);
        // An outlet of a link that has no article any more is shown and told, not dropped.
        if (input.tagName === "SELECT" && ![...input.options].some((each) => each.value === chosen[name])) {
            input.add(new Option(chosen[name], chosen[name]));
        }
        if (input.value !== chosen[name]) input.value = chosen[name];
        // A day that is none stays out of the input, so it must not count either.
        chosen[name] = input.value;
    }
    tell();
}
function tell() {
    const set = NAMES.filter((name) => chosen[name]);
    element.querySelector(".set").textContent = set.length ? `: ${set.map((name) => chosen[name]).join(", ")}` : "";
    element.querySelector("details").classList.toggle("some", set.length > 0);
    const address = new URL(location.href);
    for (const name of NAMES) {
        if (chosen[name]) address.searchParams.set(name, chosen[name]);
        else address.searchParams.delete(name);
    }
    if (address.href !== location.href) history.replaceState(null, "", address);
}
element.addEventListener("change", (event) => {
    if (!NAMES.includes(event.target.name)) return;
    chosen[event.target.name] = event.target.value;
    tell();
});
element.addEventListener("click", (event) => {
    if (!event.target.closest(".clear")) return;
    for (const name of NAMES) chosen[name] = "";
    fill();
    element.querySelector("summary").focus();
});
watch("value", fill);
addEventListener("popstate", () => { read(); fill(); });
