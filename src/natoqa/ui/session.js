// A session can end while the page is open: by its time, by a restart, from another tab. The first request that is
// refused for that leads to the login, and the login leads back to this address.
const ask = window.fetch;
window.fetch = async (...asked) => {
    const answer = await ask.apply(window, asked);
    // Only the login's own refusals name it: neither those for a wrong key, nor those of a proxy.
    const login = answer.status === 401 ? answer.headers.get("natoqa-login") : null;
    if (login === null || new URL(answer.url).origin !== location.origin) return answer;
    const way = new URL(login, location.origin);
    if (way.origin !== location.origin) return answer;
    way.searchParams.set("next", location.pathname + location.search);
    location.replace(way);
    // Never answered, so that no failure shows while the browser leaves.
    return new Promise(() => {});
};
