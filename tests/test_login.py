"""The login of the page: who gets in, who does not, and what a guesser learns."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from api_server import ASKED, TROOPS, newsroom
from natoqa import users
from natoqa.serving.login.door import _own_path
from natoqa.serving.login.sessions import Sessions
from natoqa.serving.login.throttle import OF_ADDRESS, OF_BOTH, OF_NAME, WINDOW_S, Throttle
from natoqa.settings import Settings
from natoqa.users import Users
from test_ui_page import ask, chromium  # noqa: F401 -- the latter is a fixture
from web_server import HTML, Tab, serving_all

pytestmark = pytest.mark.process

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundredth of the real cost; what is checked does not depend on it."""
    monkeypatch.setattr(users, "N", 2**8)
    monkeypatch.setattr(users, "_NOBODY", users._Account("", 2**8, users.R, users.P, "00" * 16, "00" * 32))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = newsroom(tmp_path, TROOPS)
    Users(settings.data_folder).add("ann", PASSWORD)
    return settings


@pytest.fixture
def client(settings: Settings) -> Iterator[httpx.Client]:
    with serving_all(settings) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield client


def log_in(client: httpx.Client, name: str = "ann", password: str = PASSWORD, **more: str) -> httpx.Response:
    return client.post("/login", data={"name": name, "password": password, **more})


def test_without_users_nobody_has_to_log_in(tmp_path: Path) -> None:
    with serving_all(newsroom(tmp_path, TROOPS)) as url, httpx.Client(base_url=url) as client:
        assert client.get("/", headers=HTML).status_code == 200
        assert client.get("/login", headers=HTML).headers["location"] == "/"


@pytest.mark.parametrize(("login", "status"), [("auto", 401), ("always", 401), ("never", 200)])
def test_the_setting_decides(tmp_path: Path, login: str, status: int) -> None:
    settings = newsroom(tmp_path, TROOPS, login=login)
    Users(settings.data_folder).add("ann", PASSWORD)
    with serving_all(settings) as url:
        assert httpx.get(f"{url}/config").status_code == status


def test_nothing_of_the_page_is_open_without_a_login(client: httpx.Client) -> None:
    page = client.get("/", headers=HTML)
    assert (page.status_code, page.headers["location"]) == (303, "/login?next=%2F")
    for path in ("/", "/config", "/theme.css", "/gradio_api/info", "/gradio_api/queue/data?session_hash=x", "/nowhere"):
        assert client.get(path).status_code == 401, path
    for path in ("/gradio_api/queue/join", "/gradio_api/run/predict", "/articles"):
        refused = client.post(path, json={})
        assert (refused.status_code, set(refused.json())) == (401, {"error", "hint"}), path
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}
    # Programs have keys, and none is configured.
    assert client.post("/api/ask", json={"question": ASKED}).json()["status"] == "answered"


def test_the_form_leads_in_and_the_button_out(client: httpx.Client) -> None:
    form = client.get("/login?next=/%3Fx%3D1", headers=HTML)
    assert form.status_code == 200
    assert 'name="next" value="/?x=1"' in form.text
    assert form.headers["cache-control"] == "no-store"
    done = log_in(client, next="/?x=1")
    assert (done.status_code, done.headers["location"]) == (303, "/?x=1")
    cookie = done.headers["set-cookie"]
    assert re.search(r"natoqa_session=[\w-]{43}; HttpOnly; Max-Age=43200; Path=/; SameSite=Lax$", cookie), cookie
    assert client.get("/", headers=HTML).status_code == 200
    assert "Freedonia will not send troops" in Tab(client).ask(ASKED)
    kept = dict(client.cookies)
    out = client.post("/logout")
    assert (out.status_code, out.headers["location"]) == (303, "/login")
    assert "natoqa_session" not in client.cookies
    # Not only the browser has forgotten it.
    assert client.get("/config", cookies=kept).status_code == 401


def test_who_is_logged_in_already_is_led_on_at_once(client: httpx.Client) -> None:
    log_in(client)
    assert client.get("/login?next=/%3Fc%3D1", headers=HTML).headers["location"] == "/?c=1"
    assert client.get("/login?next=//evil.example", headers=HTML).headers["location"] == "/"


def test_only_what_lacks_a_login_is_told_where_that_is(tmp_path: Path) -> None:
    settings = newsroom(tmp_path, TROOPS, root_path="/news", login="always", api_keys="a-key")
    with serving_all(settings) as url, httpx.Client(base_url=url) as client:
        assert client.post("/gradio_api/run/predict", json={}).headers["natoqa-login"] == "/news/login"
        without_key = client.post("/api/ask", json={"question": ASKED})
        assert (without_key.status_code, "natoqa-login" in without_key.headers) == (401, False)


def test_the_cookie_is_for_https_where_the_page_is(client: httpx.Client) -> None:
    client.headers["x-forwarded-proto"] = "https"
    assert log_in(client).headers["set-cookie"].endswith("; Secure")


def test_a_wrong_password_tells_nothing_about_the_name(client: httpx.Client) -> None:
    wrong = [
        log_in(client, name, password) for name, password in (("ann", "wrong password"), ("eve", "wrong password"))
    ]
    assert [each.status_code for each in wrong] == [401, 401]
    assert wrong[0].text.replace("ann", "eve") == wrong[1].text
    assert "Name or password is wrong." in wrong[0].text
    assert "set-cookie" not in wrong[0].headers


def test_what_is_typed_comes_back_harmless(client: httpx.Client) -> None:
    text = log_in(client, '"><script>alert(1)</script>', "x", next='/"><script>').text
    assert "<script" not in text
    assert "&quot;&gt;&lt;script&gt;" in text


def test_guessing_is_stopped_even_for_the_right_password(client: httpx.Client) -> None:
    for name in ("ann", "nobody"):
        answers = [log_in(client, name, "wrong password").status_code for _ in range(OF_BOTH + 1)]
        assert answers == [401] * OF_BOTH + [429]
    stopped = log_in(client)
    assert stopped.status_code == 429
    assert int(stopped.headers["retry-after"]) > WINDOW_S - 60
    assert "Too many wrong passwords. Try again in 15 min." in stopped.text


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/login", "/logout"])
def test_other_sites_log_nobody_in_or_out(client: httpx.Client, path: str, headers: dict[str, str]) -> None:
    log_in(client)
    refused = client.post(path, data={"name": "ann", "password": PASSWORD}, headers=headers)
    assert refused.status_code == 403
    assert client.get("/config").status_code == 200


def test_a_stream_ends_with_the_session(client: httpx.Client) -> None:
    """What was opened before the logout brings no answer to what is asked after it."""
    log_in(client)
    tab = Tab(client)
    tab.join(ASKED).raise_for_status()
    kept = dict(client.cookies)
    url = f"/gradio_api/heartbeat/{tab.session}"
    opened, ended = threading.Event(), threading.Event()

    def listen() -> None:
        with (
            httpx.Client(base_url=client.base_url, cookies=kept, timeout=60) as other,
            other.stream("GET", url) as beats,
        ):
            opened.set()
            for _ in beats.iter_bytes():
                pass
        ended.set()

    listening = threading.Thread(target=listen)
    listening.start()
    assert opened.wait(20)
    client.post("/logout")
    assert tab.join(ASKED).status_code == 401
    assert client.get(f"/gradio_api/queue/data?session_hash={tab.session}", cookies=kept).status_code == 401
    assert ended.wait(40)
    listening.join(5)


def test_a_user_who_was_removed_or_has_another_password_is_out(client: httpx.Client, settings: Settings) -> None:
    known = Users(settings.data_folder)
    log_in(client)
    known.add("bob", PASSWORD)
    assert client.get("/config").status_code == 200
    known.add("ann", "another password", replace=True)
    assert client.get("/config").status_code == 401
    log_in(client, password="another password")
    assert client.get("/config").status_code == 200
    known.remove("ann")
    assert client.get("/config").status_code == 401


def test_a_file_that_is_damaged_lets_nobody_in(client: httpx.Client, settings: Settings) -> None:
    log_in(client)
    Users(settings.data_folder).file.write_text("{", encoding="utf-8")
    assert client.get("/config").status_code == 401
    broken = log_in(client)
    assert broken.status_code == 503
    assert "Nobody can log in at the moment." in broken.text


def test_sessions_end_by_themselves(tmp_path: Path) -> None:
    known, clock = Users(tmp_path), [0.0]
    known.add("ann", PASSWORD, admin=True)
    sessions = Sessions(known, hours=1, now=lambda: clock[0])
    ann = known.find("ann")
    assert ann is not None
    assert ann.admin
    token = sessions.begin(ann)
    assert sessions.user(token) == ann
    assert sessions.user(token + "x") is None
    clock[0] = 3600
    assert sessions.user(token) is None
    sessions.begin(ann)
    assert len(sessions._sessions) == 1


def test_attempts_are_counted_by_name_and_by_address_and_forgotten() -> None:
    clock = [0.0]
    throttle = Throttle(now=lambda: clock[0])
    assert [throttle.attempt("ann", "1") for _ in range(OF_BOTH)] == [0] * OF_BOTH
    assert throttle.attempt("ann", "1") == WINDOW_S
    # From elsewhere the owner still gets in, and that is no reason to let the guesser go on.
    assert throttle.attempt("ann", "2") == 0
    throttle.succeeded("ann", "2")
    assert throttle.attempt("ann", "1") == WINDOW_S
    others = [throttle.attempt("ann", str(address)) for address in range(100, 100 + OF_NAME)]
    assert others.count(0) == OF_NAME - OF_BOTH
    names = [throttle.attempt(str(name), "9") for name in range(OF_ADDRESS + 1)]
    assert [bool(each) for each in names] == [False] * OF_ADDRESS + [True]
    clock[0] = WINDOW_S + 1
    assert throttle.attempt("ann", "1") == 0


@pytest.mark.parametrize(
    ("asked", "leads"),
    [
        ("/news/x?y=%20z", "/news/x?y=%20z"),
        ("/news/?q=[a]|{b}^`c", "/news/?q=[a]|{b}^`c"),
        (f"/news/?q={'%20' * 1000}", f"/news/?q={'%20' * 1000}"),
        ("//evil.example/", "/news/"),
        ("/\\evil.example", "/news/"),
        ("/news/\\evil.example", "/news/"),
        ("/news/?q=C:\\evil.example\\?", "/news/?q=C:\\evil.example\\?"),
        (f"/news/?{'q' * 3994}", f"/news/?{'q' * 3994}"),
        (f"/news/?{'q' * 3995}", "/news/"),
        ("https://evil.example", "/news/"),
        ("/elsewhere", "/news/"),
        ("/news/\r\nset-cookie: x", "/news/"),
        ("", "/news/"),
    ],
)
def test_a_login_leads_nowhere_else(asked: str, leads: str) -> None:
    assert _own_path({"type": "http", "root_path": "/news"}, asked) == leads


@pytest.mark.browser
@pytest.mark.parametrize("javascript", [True, False])
def test_a_person_logs_in_by_keyboard_and_out_again(
    client: httpx.Client,
    chromium: Browser,  # noqa: F811
    javascript: bool,
) -> None:
    complaints: list[str] = []
    context = chromium.new_context(java_script_enabled=javascript)
    page = context.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.goto(str(client.base_url))
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("ann")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{client.base_url}")
    if javascript:
        expect(page.get_by_label("Question")).to_be_visible(timeout=20_000)
        expect(page.locator("#account")).to_contain_text("Logged in as ann")
        page.get_by_role("button", name="Log out").click()
        expect(page.get_by_label("Password")).to_be_visible()
    assert complaints == []
    context.close()


# --- a session that ends while the page is open ---------------------------------------------------------------------


def fill_in(page: Page, name: str = "ann") -> None:
    """Log in with the form that is shown."""
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def end_session(page: Page) -> None:
    """End the page's session at the server only, as its time or a restart would: the browser keeps the cookie."""
    end_session_by(page.locator("form[action=logout]").evaluate("form => form.action"), page)


def end_session_by(url: str, page: Page) -> None:
    kept = {each["name"]: each["value"] for each in page.context.cookies()}
    assert httpx.post(url, cookies=kept).status_code == 303


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:  # noqa: F811
    context = chromium.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.browser
def test_a_page_whose_session_ended_leads_to_the_login_and_back(client: httpx.Client, page: Page) -> None:
    page.goto(f"{client.base_url}?outlet=The%20Courier")
    fill_in(page)
    ask(page, ASKED)
    expect(page).to_have_url(re.compile(r"[?&]c=[0-9a-f]{32}"))
    address = page.url
    assert "outlet=" in address
    end_session(page)
    expect(page.get_by_label("Password")).to_be_visible(timeout=20_000)
    # The login stays where it is: nothing in it asks for what needs a login.
    there = page.url
    page.wait_for_timeout(2500)
    assert page.url == there
    page.get_by_label("Password").fill("wrong password")
    page.get_by_label("Name").fill("ann")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("Name or password is wrong.")).to_be_visible()
    fill_in(page)
    expect(page).to_have_url(address)
    expect(page.locator(".turn .status")).to_have_text("Answered", timeout=20_000)
    expect(page.locator(".turn")).to_contain_text("Freedonia will not send troops")


@pytest.mark.browser
def test_a_link_with_a_question_outlasts_the_session(client: httpx.Client, page: Page) -> None:
    """Its address is long, and has what browsers leave as it is and addresses do not allow."""
    question = f"Who wrote [sic] that {{Freedonia}} | \\Sylvania `rules`^out {'troops, ' * 200}or not?"
    asked = quote(question, safe="[]{}|`^,\\")
    page.goto(f"{client.base_url}/?q={asked}")
    fill_in(page)
    expect(page.get_by_label("Question")).to_have_value(question, timeout=20_000)
    expect(page.locator("#account")).to_contain_text("Logged in as ann")
    end_session(page)
    expect(page.get_by_label("Password")).to_be_visible(timeout=20_000)
    fill_in(page)
    expect(page.get_by_label("Question")).to_have_value(question, timeout=20_000)
    assert parse_qs(urlsplit(page.url).query)["q"] == [question]


@pytest.mark.browser
def test_a_question_being_typed_outlasts_the_session(client: httpx.Client, page: Page) -> None:
    page.goto(f"{client.base_url}?q=From+the+link")
    fill_in(page)
    question = page.get_by_label("Question", exact=True)
    expect(question).to_have_value("From the link", timeout=20_000)
    expect(page.locator("#account")).to_contain_text("Logged in as ann")
    question.fill("Half a\nquestion \\ & more")
    end_session(page)
    expect(page.get_by_label("Password")).to_be_visible(timeout=20_000)
    assert "Half" not in page.url
    fill_in(page)
    expect(question).to_have_value("Half a\nquestion \\ & more", timeout=20_000)
    assert page.evaluate("sessionStorage.length") == 0
    # What has been put back is asked like what was typed, and does not come back once more.
    question.press("Enter")
    expect(page.locator(".turn .asked")).to_contain_text("Half a", timeout=20_000)
    expect(question).to_have_value("")
    page.goto(f"{client.base_url}")
    expect(page.locator("#account")).to_contain_text("Logged in as ann", timeout=20_000)
    page.wait_for_timeout(500)
    expect(question).to_have_value("")


@pytest.mark.browser
def test_a_question_being_typed_is_for_who_typed_it(client: httpx.Client, settings: Settings, page: Page) -> None:
    Users(settings.data_folder).add("bob", PASSWORD)
    page.goto(f"{client.base_url}")
    fill_in(page)
    expect(page.locator("#account")).to_contain_text("Logged in as ann", timeout=20_000)
    page.get_by_label("Question").fill("Ann's business")
    end_session(page)
    fill_in(page, "bob")
    expect(page.locator("#account")).to_contain_text("Logged in as bob", timeout=20_000)
    page.wait_for_timeout(500)
    expect(page.get_by_label("Question")).to_have_value("")
    assert page.evaluate("sessionStorage.length") == 0


@pytest.mark.browser
def test_logging_out_leads_nowhere_after_it(client: httpx.Client, page: Page) -> None:
    """Whatever the page asks for after the log-out is refused, before the answer to that arrives."""
    page.goto(f"{client.base_url}?outlet=The%20Courier")
    fill_in(page)
    expect(page.locator("#account")).to_contain_text("Logged in as ann", timeout=20_000)
    page.get_by_label("Question").fill("Ann's business")

    def log_out(route: Route) -> None:
        end_session_by(route.request.url, page)
        page.wait_for_timeout(1000)
        route.continue_()

    page.route("**/logout", log_out)
    refused: list[str] = []
    page.on("response", lambda answer: refused.append(answer.url) if answer.status == 401 else None)
    page.evaluate("setInterval(() => fetch('corpus'), 50)")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_label("Password")).to_be_visible(timeout=20_000)
    assert refused
    assert page.url == f"{client.base_url}/login"
    assert page.evaluate("sessionStorage.length") == 0


@pytest.mark.browser
def test_the_corpus_page_leads_to_the_login_and_back(client: httpx.Client, page: Page) -> None:
    page.goto(f"{client.base_url}")
    fill_in(page)
    expect(page.locator("#account")).to_contain_text("Logged in as ann", timeout=20_000)
    other = page.context.new_page()
    other.goto(f"{client.base_url.join('/corpus')}")
    expect(other.locator("#articles")).to_contain_text("Freedonia rules out", timeout=20_000)
    end_session(page)
    for each in (other, page):
        expect(each.get_by_label("Password")).to_be_visible(timeout=20_000)
    fill_in(other)
    expect(other).to_have_url(f"{client.base_url.join('/corpus')}")
    # Whoever has logged in with one tab is through with the other, too.
    page.reload()
    expect(page).to_have_url(f"{client.base_url}/")
    expect(page.locator("#account")).to_contain_text("Logged in as ann", timeout=20_000)


@pytest.mark.browser
@pytest.mark.parametrize(
    "headers", [{}, {"natoqa-login": "https://evil.example/"}, {"natoqa-login": "//evil.example/"}], ids=str
)
def test_no_other_refusal_leads_away(client: httpx.Client, page: Page, headers: dict[str, str]) -> None:
    page.goto(f"{client.base_url}")
    fill_in(page)
    expect(page.locator("#account")).to_contain_text("Logged in as ann", timeout=20_000)
    page.route("**/elsewhere", lambda route: route.fulfill(status=401, headers=headers))
    assert page.evaluate("async () => (await fetch('elsewhere')).status") == 401
    expect(page.locator("#account")).to_contain_text("Logged in as ann")
    assert page.url == f"{client.base_url}/"
