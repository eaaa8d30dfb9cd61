"""The login of the page: a form, a cookie, and nothing of the page without it.

door      the middleware: who is let through, and what /login and /logout do
form      the page with the form
sessions  who is logged in, by the token in their cookie
throttle  wrong passwords are counted, and too many of them stop the guessing
"""

from natoqa.serving.login.door import Login

__all__ = ["Login"]
