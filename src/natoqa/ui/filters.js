// The filters beside the question box: filled from the address, told in it, and handed over with each question.
const DAYS = ["since", "until"];
const NAMES = [...DAYS, "outlet"];
// What fits into the line beside the word "Filters"; more outlets than these are counted there.
const TOLD = 2;
const chosen = { since: "", until: "", outlet: [] };
function read() {
    const given = new URL(location.href).searchParams;
    for (const name of DAYS) chosen[name] = given.get(name) ?? "";
    chosen.outlet = given.getAll("outlet").filter(Boolean);
}
read();
window.natoqaFilters = () => JSON.stringify(chosen);

const boxes = () => [...element.querySelectorAll('[name="outlet"]')];
const checked = () => boxes().filter((box) => box.checked).map((box) => box.value);
function offer(outlet) {
    const label = document.createElement("label");
    const box = Object.assign(document.createElement("input"), { type: "checkbox", name: "outlet", value: outlet });
    const name = document.createElement("bdi");
    name.textContent = outlet;
    label.append(box, name);
    element.querySelector(".list").prepend(label);
    return box;
}
function fill() {
    if (!element.querySelector("details")) return;
    for (const name of DAYS) {
        const input = element.querySelector(`[name="${name}"]`);
        if (input.value !== chosen[name]) input.value = chosen[name];
        // A day that is none stays out of the input, so it must not count either.
        chosen[name] = input.value;
    }
    for (const box of boxes()) box.checked = false;
    for (const outlet of chosen.outlet) {
        const folded = outlet.toLowerCase();
        // An outlet of a link that has no article any more is shown and told, not dropped.
        (boxes().find((box) => box.value.toLowerCase() === folded) ?? offer(outlet)).checked = true;
    }
    chosen.outlet = checked();
    tell();
}
function tell() {
    const { outlet } = chosen;
    const which = outlet.length > TOLD ? [`${outlet.length} outlets`] : outlet;
    const set = [...DAYS.map((name) => chosen[name]), ...which].filter(Boolean);
    element.querySelector(".set").textContent = set.length ? `: ${set.join(", ")}` : "";
    element.querySelector(".which").textContent = outlet.length ? `${outlet.length} chosen` : "all";
    element.querySelector("details").classList.toggle("some", set.length > 0);
    const address = new URL(location.href);
    for (const name of NAMES) {
        address.searchParams.delete(name);
        for (const each of [chosen[name]].flat()) if (each) address.searchParams.append(name, each);
    }
    if (address.href !== location.href) history.replaceState(null, "", address);
}
element.addEventListener("change", (event) => {
    const { name, value } = event.target;
    if (!NAMES.includes(name)) return;
    chosen[name] = name === "outlet" ? checked() : value;
    tell();
});
element.addEventListener("input", (event) => {
    if (!event.target.matches(".find")) return;
    const sought = event.target.value.trim().toLowerCase();
    for (const box of boxes()) box.parentElement.hidden = !box.checked && !box.value.toLowerCase().includes(sought);
});
element.addEventListener("click", (event) => {
    if (!event.target.closest(".clear")) return;
    Object.assign(chosen, { since: "", until: "", outlet: [] });
    fill();
    element.querySelector("summary").focus();
});
// Escape closes the outlets, and then the filters.
element.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" ? event.target.closest("details[open]") : null;
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
});
watch("value", fill);
addEventListener("popstate", () => { read(); fill(); });
