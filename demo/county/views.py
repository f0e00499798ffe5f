from allauth.idp.oidc.models import Token
from django.contrib.auth import get_user_model, login, logout
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from demo.county import picture_code
from demo.county.people import EVERYBODY, county_of
from demo.county.picture_code import Question

ANSWER, WORDS = "answer", "words"  # in the session: the question that is open

# What the sign-in says to a wrong answer, in both languages.
WRONG_CODE = (
    "驗證碼不正確，請照新的題目再輸入一次。",
    "The code is not right. Here is a new one; type it once more.",
)
WRONG_PASSWORD = (
    "帳號或密碼不正確。試用的帳號與密碼列在本縣市的首頁。",
    "The account or the password is not right. Those for trials are listed on the front page here.",
)


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The accounts with which a newcomer can try, passwords and all."""
    county = county_of(request)
    everybody = [person for person in EVERYBODY.values() if person.county == county.code]
    return render(request, "home.html", {"everybody": everybody})


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Two of its buttons ask for another question, and leave what was typed as the account."""
    pressed = request.POST.get("press", "")
    wrong = None
    if pressed == "sign-in":
        wrong = _wrong(request)
        if wrong is None:
            return redirect(_next(request))
    in_words = pressed == "words" or (pressed != "picture" and bool(request.session.get(WORDS)))
    question = picture_code.in_words() if in_words else picture_code.in_picture()
    request.session[ANSWER], request.session[WORDS] = question.answer, question.words
    context = {"question": question, "wrong": wrong, "account": request.POST.get("account", "")}
    return render(request, "sign_in.html", context)


def _wrong(request: HttpRequest) -> tuple[str, str] | None:
    """What is wrong with what was sent; None if nothing, and then whose it is has been signed in."""
    question = Question(request.session.pop(ANSWER, ""))
    if not question.answer or not question.is_answered_by(request.POST.get("code", "")):
        return WRONG_CODE
    person = EVERYBODY.get(f"{county_of(request).code}:{request.POST.get('account', '').strip()}")
    if person is None or request.POST.get("password") != person.password:
        return WRONG_PASSWORD
    user, _ = get_user_model().objects.get_or_create(username=person.key)
    login(request, user)
    request.session.pop(WORDS, None)
    return None


def _next(request: HttpRequest) -> str:
    address = request.GET.get("next", "")
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts=None) else "/"


@never_cache
@require_safe
def picture(request: HttpRequest) -> HttpResponse:
    """Of the question that is open; there is none where the question is in words."""
    answer = request.session.get(ANSWER)
    if not answer or request.session.get(WORDS):
        raise Http404("no picture was asked for")
    return HttpResponse(picture_code.drawing(answer), content_type="image/svg+xml")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect(_next(request))


@require_safe
def forgotten(request: HttpRequest, what: str) -> HttpResponse:
    if what not in ("account", "password"):
        raise Http404("nothing else can be forgotten")
    return render(request, "forgotten.html", {"what": what})


@never_cache
@require_safe
def eduinfo(request: HttpRequest) -> HttpResponse:
    """The second protected resource of the counties, for an access token (RFC 6750) of the scope eduinfo."""
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    token = Token.objects.lookup(Token.Type.ACCESS_TOKEN, value) if kind.lower() == "bearer" else None
    if token is None:
        return _refused(401, "invalid_token")
    if "eduinfo" not in token.get_scopes():
        return _refused(403, "insufficient_scope")
    return JsonResponse(EVERYBODY[token.user.get_username()].eduinfo(), json_dumps_params={"ensure_ascii": False})


def _refused(status: int, error: str) -> HttpResponse:
    headers = {"WWW-Authenticate": f'Bearer error="{error}"'}
    return JsonResponse({"error": error}, status=status, headers=headers)
