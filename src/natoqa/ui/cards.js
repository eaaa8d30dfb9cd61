// The card of a citation: shown while the pointer or the keyboard's focus is on its number, or the pointer on the card
// itself; Escape puts it away (WCAG 1.4.13). It stays beside its number and inside of the window.
{
    const WAIT_TO_SHOW = 120;
    const WAIT_TO_HIDE = 250; // time to move from the number onto the card
    const MARGIN = 8;
    const GAP = 6;
    let link = null;
    let card = null;
    let timer = 0;

    const citationAt = (node) => node instanceof Element && node.closest("a.citation[aria-describedby]");
    const later = (wait, what) => {
        clearTimeout(timer);
        timer = setTimeout(what, wait);
    };
    const hide = () => {
        clearTimeout(timer);
        if (card?.isConnected && card.matches(":popover-open")) card.hidePopover();
        link = card = null;
    };
    const place = () => {
        const [anchor] = link.isConnected && card.isConnected ? link.getClientRects() : [];
        if (!anchor) return hide();
        const { clientWidth, clientHeight } = document.documentElement;
        const below = clientHeight - anchor.bottom - GAP - MARGIN;
        const above = anchor.top - GAP - MARGIN;
        card.style.maxHeight = "";
        const { width, height } = card.getBoundingClientRect();
        // Above, what is read next stays free.
        const goesBelow = height > above && below > above;
        const shown = Math.max(0, Math.min(height, clientHeight - 2 * MARGIN, goesBelow ? below : above));
        card.style.maxHeight = `${shown}px`;
        const top = goesBelow ? anchor.bottom + GAP : anchor.top - GAP - shown;
        // While the page still scrolls to a number that has the focus, this is beyond the window.
        card.style.top = `${Math.max(MARGIN, Math.min(top, clientHeight - MARGIN - shown))}px`;
        card.style.left = `${Math.max(MARGIN, Math.min(anchor.left, clientWidth - MARGIN - width))}px`;
    };
    const show = (citation) => {
        clearTimeout(timer);
        if (citation === link) return;
        hide();
        const described = document.getElementById(citation.getAttribute("aria-describedby"));
        if (!described?.showPopover) return;
        link = citation;
        card = described;
        card.showPopover();
        place();
    };
    const leave = () => {
        if (!link?.matches(":focus-visible")) hide();
    };

    element.addEventListener("pointerover", (event) => {
        if (event.pointerType === "touch") return;
        const citation = citationAt(event.target);
        if (citation) later(WAIT_TO_SHOW, () => show(citation));
        else if (card?.contains(event.target)) clearTimeout(timer);
    });
    element.addEventListener("pointerout", (event) => {
        if (citationAt(event.target) || card?.contains(event.target)) later(WAIT_TO_HIDE, leave);
    });
    element.addEventListener("focusin", (event) => {
        const citation = citationAt(event.target);
        if (citation && citation.matches(":focus-visible")) show(citation);
    });
    element.addEventListener("focusout", (event) => {
        if (citationAt(event.target) && !card?.matches(":hover")) hide();
    });
    element.addEventListener("click", (event) => {
        if (citationAt(event.target)) hide();
    });
    document.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || !card) return;
        event.stopPropagation();
        hide();
    }, true);
    for (const moved of ["scroll", "resize"]) {
        window.addEventListener(moved, (event) => {
            if (card && event.target !== card) place();
        }, true);
    }
}
