"""The page with the form: plain HTML that needs no script, and loads nothing."""

from __future__ import annotations

import base64
import hashlib
from html import escape

_STYLE = """
:root { color-scheme: light dark; --page: #f8fafc; --card: #ffffff; --text: #1e293b; --quiet: #526075; --line: #64748b;
  --action: #1d4ed8; --on-action: #ffffff; --failed: #b91c1c; --failed-fill: #fef2f2; }
@media (prefers-color-scheme: dark) {
  :root { --page: #0b1120; --card: #1e293b; --text: #f1f5f9; --quiet: #a3b1c6; --line: #94a3b8; --action: #93c5fd;
    --on-action: #0b1120; --failed: #fca5a5; --failed-fill: #341616; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--page);
  color: var(--text); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
main { width: 100%; max-width: 24rem; padding: 2rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 8px; }
h1 { margin: 0; font-size: 1.5rem; }
p { margin: 0.25rem 0 1rem; color: var(--quiet); }
.failed { padding: 0.5rem 0.75rem; border-left: 4px solid var(--failed); background: var(--failed-fill);
  color: var(--failed); }
label { display: block; margin-top: 1rem; font-weight: 600; }
input { width: 100%; min-height: 2.75rem; margin-top: 0.25rem; padding: 0.5rem; font: inherit; color: inherit;
  background: transparent; border: 1px solid var(--line); border-radius: 4px; }
button { width: 100%; min-height: 2.75rem; margin-top: 1.5rem; font: inherit; font-weight: 600; cursor: pointer;
  color: var(--on-action); background: var(--action); border: 0; border-radius: 4px; }
:is(input, button):focus-visible { outline: 3px solid var(--action); outline-offset: 2px; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
# Stricter than the page's own: no script at all, and one style sheet.
CONTENT_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

# The referrer policy lets the browser say which page the form was sent from; the page's own would make it "null".
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="same-origin">
<title>Log in – natoqa</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<main>
<h1>natoqa</h1>
<p>Log in to ask the articles.</p>
{failed}<form method="post" action="{action}">
<input type="hidden" name="next" value="{then}">
<label for="name">Name</label>
<input id="name" name="name" value="{name}" autocomplete="username" autocapitalize="none" spellcheck="false"
  maxlength="64" required{focus_name}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="1024"
  required{focus_password}>
<button type="submit">Log in</button>
</form>
</main>
</body>
</html>
"""


def login_page(*, action: str, then: str, name: str = "", failed: str = "") -> bytes:
    """Return the page; `then` is where the login leads, `failed` says why the last try led nowhere."""
    told = f'<p class="failed" role="alert">{escape(failed)}</p>\n' if failed else ""
    autofocus = " autofocus"
    page = _PAGE.format(
        style=_STYLE,
        action=escape(action),
        then=escape(then),
        name=escape(name),
        failed=told,
        focus_name="" if name else autofocus,
        focus_password=autofocus if name else "",
    )
    return page.encode("utf-8", "replace")
