// The list of conversations: its clicks become events of the page; the address names the conversation that is shown.
const said = (name, data = {}) => { element.classList.remove("unfolded"); trigger(name, data); };
const item = (target) => target.closest("li[data-id]")?.dataset;
// A conversation that somebody turned to gets an entry of its own in the browser's history; one that has just begun
// to be kept, and an address that named none, are put right where they are.
let turned = false;

function form(title, name, fill) {
    const dialog = document.createElement("dialog");
    dialog.className = "natoqa-dialog";
    dialog.setAttribute("aria-labelledby", "dialog-title");
    dialog.innerHTML = '<form method="dialog"><h2 id="dialog-title"></h2><div class="fields"></div>'
        + '<div class="ways"><button value="" type="submit" class="no" formnovalidate>Cancel</button>'
        + '<button value="yes" type="submit" class="yes"></button></div></form>';
    dialog.querySelector("h2").textContent = title;
    dialog.querySelector(".yes").textContent = name;
    const chosen = fill(dialog.querySelector(".fields"));
    dialog.addEventListener("close", () => {
        dialog.remove();
        if (dialog.returnValue === "yes") chosen();
    });
    // Enter in a field means yes, not the first button.
    dialog.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
        event.preventDefault();
        dialog.close("yes");
    });
    document.body.append(dialog);
    dialog.showModal();
}

function rename({ id, title }) {
    form("Rename the conversation", "Rename", (fields) => {
        const label = document.createElement("label");
        const input = document.createElement("input");
        input.maxLength = Number(element.querySelector("nav").dataset.longest);
        input.value = title;
        label.append("Title", input);
        fields.append(label);
        queueMicrotask(() => input.select());
        return () => said("rename", { id, title: input.value });
    });
}

function remove({ id, title }) {
    form("Delete the conversation?", "Delete", (fields) => {
        const told = document.createElement("p");
        told.textContent = `“${title}” and your opinions on its answers will be gone for good.`;
        fields.append(told);
        return () => said("delete", { id });
    });
}

element.addEventListener("click", (event) => {
    const chosen = event.target.closest("a, button");
    if (!chosen) return;
    if (chosen.matches(".fold")) {
        chosen.setAttribute("aria-expanded", String(element.classList.toggle("unfolded")));
    } else if (chosen.matches(".anew")) {
        turned = true;
        said("anew");
    } else if (chosen.matches(".open")) {
        // Another tab, another window: the browser's business.
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
        event.preventDefault();
        turned = true;
        said("visit", { id: item(chosen).id });
    } else if (chosen.matches(".rename")) {
        rename(item(chosen));
    } else if (chosen.matches(".delete")) {
        remove(item(chosen));
    }
});

// What had the focus has it again after the list was written anew.
let focused = null;
document.addEventListener("focusin", (event) => {
    focused = element.contains(event.target) ? event.target.dataset.key ?? null : null;
});
function refocus() {
    if (focused === null || element.contains(document.activeElement)) return;
    const again = [...element.querySelectorAll("[data-key]")].find((each) => each.dataset.key === focused);
    (again ?? element.querySelector(".anew")).focus();
}

watch("value", () => {
    const fold = element.querySelector(".fold");
    if (!fold) return;
    fold.setAttribute("aria-expanded", String(element.classList.contains("unfolded")));
    refocus();
    const { present } = element.querySelector("nav").dataset;
    const address = new URL(location.href);
    if ((address.searchParams.get("c") ?? "") !== present) {
        if (present) address.searchParams.set("c", present);
        else address.searchParams.delete("c");
        address.searchParams.delete("q");
        history[turned ? "pushState" : "replaceState"](null, "", address);
    }
    turned = false;
});
addEventListener("popstate", () => trigger("arrive", { search: location.search }));
