import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import time_machine
from django.test import Client

from demo import settings
from demo.people import EVERYBODY


def said(token):
    return jwt.decode(token, options={"verify_signature": False})


def text(response):
    return response.content.decode()


def form_token(response):
    return re.search(r'name="token" value="([^"]+)"', text(response))[1]


# --- signing in ---------------------------------------------------------------------------------------------------


def test_a_stranger_is_asked_who_they_are(stranger):
    page = text(stranger.get("/"))
    assert "請選一個人" in page
    assert page.count('name="number"') == len(EVERYBODY)
    assert "登出" not in page


def test_choosing_a_person_opens_their_campus_page(stranger):
    response = stranger.post("/sign-in/", {"number": "9800011"}, follow=True)
    assert "李冠宇，您好" in text(response)
    assert "LI,KUAN-YU" in text(response)
    assert "入學年" in text(response)


def test_a_number_of_nobody_signs_nobody_in(stranger):
    response = stranger.post("/sign-in/", {"number": "z00000"})
    assert response.status_code == 404
    assert "找不到這一頁" in text(response)
    assert "請選一個人" in text(stranger.get("/"))


def test_switching_makes_another_person(as_wang):
    assert 'value="z99999" aria-current="true"' in text(as_wang.get("/people/"))
    as_wang.post("/sign-in/", {"number": "z88001"})
    assert "林玉蘭，您好" in text(as_wang.get("/"))


def test_signing_out_forgets_the_person(as_wang):
    assert "請選一個人" in text(as_wang.post("/sign-out/", follow=True))
    assert "請選一個人" in text(as_wang.get("/services/network/", follow=True))


@pytest.mark.parametrize("path", ["/sign-in/", "/sign-out/", "/failing/expired/"])
def test_no_link_from_elsewhere_can_do_what_a_button_does(as_wang, path):
    assert as_wang.get(path).status_code == 405


def test_a_form_of_another_site_is_refused_with_a_next_step():
    response = Client(enforce_csrf_checks=True).post("/sign-in/", {"number": "z99999"})
    assert response.status_code == 403
    assert "請允許本站的 Cookie" in text(response)


# --- the link -----------------------------------------------------------------------------------------------------


def test_the_page_posts_a_token_of_this_person_and_address_to_the_portal(as_wang):
    response = as_wang.get("/services/network/", REMOTE_ADDR="192.0.2.10")
    assert f'<form method="post" action="{settings.PORTAL_URL}sso/handoff/"' in text(response)
    claims = said(form_token(response))
    assert (claims["sub"], claims["ip"]) == ("z99999", ["192.0.2.10"])
    assert (claims["iss"], claims["aud"]) == (settings.ISSUER, settings.AUDIENCE)


def test_the_link_below_the_form_carries_the_same_token(as_wang):
    response = as_wang.get("/services/network/")
    link = re.search(rf'href="({re.escape(settings.PORTAL_URL)}[^"]+)"', text(response))[1]
    assert parse_qs(urlsplit(link).query) == {"token": [form_token(response)]}


def test_each_click_on_the_menu_makes_a_new_link(as_wang):
    first, second = (form_token(as_wang.get("/services/network/")) for _ in range(2))
    assert said(first)["jti"] != said(second)["jti"]


def test_the_page_says_when_the_link_ends_without_any_script(as_wang):
    with time_machine.travel("2026-11-22T10:24:07+08:00"):
        response = as_wang.get("/services/network/")
    assert '<time datetime="2026-11-22T10:26:07+08:00">10:26:07</time>' in text(response)


def test_nothing_keeps_a_page_that_holds_a_link(as_wang):
    assert "no-store" in as_wang.get("/services/network/")["Cache-Control"]


def test_the_policy_lets_forms_go_to_the_portal_and_nothing_run_inline(as_wang):
    response = as_wang.get("/services/network/")
    policy = dict(rule.split(" ", 1) for rule in response["Content-Security-Policy"].split("; "))
    assert policy["form-action"] == "'self' http://127.0.0.1:8000"
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert not re.search(r"<script(?![^>]+src=)|<style|\son\w+=|\sstyle=", text(response))


def test_its_cookies_leave_the_portals_alone_on_the_same_host(as_wang):
    as_wang.get("/people/")
    assert set(as_wang.cookies) == {"campus_session", "campus_csrf"}


# --- links that fail on purpose -------------------------------------------------------------------------------------


def test_a_failing_link_is_made_at_the_click_and_opens_the_portal(as_wang):
    response = as_wang.post("/failing/ip-mismatch/")
    assert response.status_code == 302
    assert response["Location"].startswith(f"{settings.PORTAL_URL}sso/handoff/?token=")
    assert said(parse_qs(urlsplit(response["Location"]).query)["token"][0])["ip"] == ["192.0.2.77"]


def test_the_list_says_what_one_should_see(as_wang):
    page = text(as_wang.get("/failing/"))
    assert page.count('action="/failing/') == 6
    assert "入口應顯示它看到的位址" in page
    assert "good for one sign-in" in page


def test_a_fault_that_nobody_made_is_not_found(as_wang):
    assert as_wang.post("/failing/sorry/").status_code == 404


def test_a_stranger_gets_no_link_at_all(stranger):
    assert stranger.post("/failing/expired/")["Location"] == "/"


@pytest.fixture
def portal(monkeypatch):
    """A stand-in for the other end of the wire: it keeps what is posted and answers with ``status``."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.server.posted.append((self.path, parse_qs(body)["token"][0]))
            self.send_response(self.server.status)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.posted, server.status = [], 303
    monkeypatch.setattr(settings, "PORTAL_URL", f"http://127.0.0.1:{server.server_port}/")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_link_used_twice_was_used_once_by_the_campus(as_wang, portal):
    response = as_wang.post("/failing/replayed/", REMOTE_ADDR="192.0.2.10")
    [(path, token)] = portal.posted
    assert path == "/sso/handoff/"
    assert set(said(token)["ip"]) == {"192.0.2.10", "127.0.0.1", "::1"}
    assert parse_qs(urlsplit(response["Location"]).query)["token"] == [token]


def test_it_says_so_when_the_portal_does_not_take_the_first_use(as_wang, portal):
    portal.status = 403
    response = as_wang.post("/failing/replayed/")
    assert response.status_code == 502
    assert "入口沒有回應" in text(response)
    assert "HTTP 403" in text(response)


def test_it_says_so_when_the_portal_is_down(as_wang, portal):
    portal.shutdown()
    portal.server_close()
    response = as_wang.post("/failing/replayed/")
    assert response.status_code == 502
    assert "Connection refused" in text(response)
