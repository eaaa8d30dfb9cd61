"""What visitors see who may change the corpus, and how one becomes such a visitor."""

from __future__ import annotations

from collections.abc import Sequence

from natoqa.ui.rendering.markup import escaped


def adding(kinds: Sequence[str], *, permit: str | None, most_mb: float) -> str:
    """Return the forms that send an article, as a file or by its address; the permit goes along with it.

    They are two, so that each asks for its own field only, and Enter in the address sends the address.
    """
    suffixes = " ".join(kinds)
    return (
        f'<section class="adding" data-permit="{escaped(permit or "")}" data-most="{int(most_mb * 1_000_000)}" '
        'aria-labelledby="adding-heading"><h2 id="adding-heading">Add an article</h2>'
        '<form><label for="adding-file">File</label>'
        '<input id="adding-file" type="file" name="file" required aria-describedby="adding-kinds" '
        f'accept="{escaped(",".join(kinds))}">'
        f'<p class="hint" id="adding-kinds">Up to {most_mb:g} MB: {escaped(suffixes)}</p>'
        '<button type="submit" class="primary">Add</button></form>'
        '<form><label for="adding-address">Web address</label>'
        '<input id="adding-address" type="url" name="address" required maxlength="2000" autocomplete="off" '
        'placeholder="https://" aria-describedby="adding-addresses">'
        '<p class="hint" id="adding-addresses">Of a page, a feed or a sitemap. '
        "The pages of a feed are fetched one a second.</p>"
        '<button type="submit">Fetch and add</button></form>'
        '<p class="outcome" role="status" aria-live="polite"></p></section>'
    )


def unlocking(problem: str = "") -> str:
    """Return the form that takes the admin key."""
    told = f'<p class="problem" role="alert">{escaped(problem)}</p>' if problem else ""
    return (
        '<form data-event="unlock" class="unlocking" aria-labelledby="unlocking-heading">'
        '<h2 id="unlocking-heading">For administrators</h2>'
        '<p class="hint">With the admin key you can re-index and add articles until you leave this page.</p>'
        '<label for="unlocking-key">Admin key</label>'
        '<input id="unlocking-key" name="key" type="password" autocomplete="off" maxlength="1000" required>'
        f'<button type="submit">Unlock</button>{told}</form>'
    )


UNLOCKED = (
    '<p class="unlocked" role="status">Unlocked: you can re-index and add articles until you leave this page.</p>'
)
