// Screen readers tell what changes within an element that was there before: so it is this one, not what it holds.
element.setAttribute("role", "status");
