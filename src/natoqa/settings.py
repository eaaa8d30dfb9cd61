"""One frozen `Settings` for everything that can be set; each default says why it is what it is.

A value is taken from, in this order: the flag (or Python argument), the variable `NATOQA_<NAME>`, the entry of
`natoqa.toml` in the current folder, the default. Nothing here has an effect on the process.
"""

from __future__ import annotations

import dataclasses
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from natoqa.errors import SettingsError

PREFIX = "NATOQA_"
FILE_NAME = "natoqa.toml"
# What no log, traceback or error message shows.
SECRETS = frozenset({"llm_api_key", "api_keys", "admin_key"})

AnswererName = Literal["extractive", "llm"]
ReaderName = Literal["packaged", "none"]
Caution = Literal["careful", "balanced", "eager"]
Provider = Literal["openai", "ollama"]
Unsupported = Literal["drop", "mark"]
Login = Literal["auto", "always", "never"]
LogFormat = Literal["text", "json"]


def _setting(default: Any, help_: str, choices: tuple[str, ...] = (), low: float | None = None) -> Any:
    return field(default=default, metadata={"help": help_, "choices": choices, "low": low})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings; `Settings()` has the defaults, `Settings.load()` also reads natoqa.toml and the environment."""

    corpus: Path = _setting(Path("corpus"), "Folder of articles: the truth that the index follows.")
    index: Path = _setting(Path("index"), "Folder of the index; generated, can be deleted at any time.")
    data: Path | None = _setting(
        # Not in the index, which may be deleted at any time; beside it, as what is kept there cites its articles.
        None,
        "Folder of what cannot be made again: conversations, feedback and users; beside the index if not set "
        "(`index-data` for `index`).",
    )
    max_file_mb: float = _setting(
        # The longest of 2,351 real news articles has 0.1 MB; what is far above that is no article.
        20.0,
        "Articles (files, or lines of a JSONL file) above this size in MB are failed articles.",
        low=0.001,
    )
    fetch_private: bool = _setting(
        # An address that someone sends must not lead to what only this machine can reach.
        False,
        "Whether addresses on this machine and in private networks may be fetched, as for a newsroom's own server.",
    )
    versions: int = _setting(
        # A live article is rewritten some ten times on its day; a text has 3 kB, so that even ten cost little.
        10,
        "How many earlier texts of a changed or removed article are kept for the answers that cite them; 0 keeps none.",
        low=0,
    )
    embedding_model: str = _setting(
        # The only model that installs with pip and needs no download afterwards.
        "all-MiniLM-L6-v2",
        "Embedding model: `all-MiniLM-L6-v2` (packaged), a path or a name of a sentence-transformers model, "
        "or `hashing` (words only, no model; for tests and tiny machines).",
    )
    passage_tokens: int = _setting(
        # all-MiniLM-L6-v2 reads 256 word pieces: 200 leave room for the title and the model's own marks.
        200,
        "Longest passage, in the embedding model's tokens; the title comes on top.",
        low=16,
    )
    reader: ReaderName = _setting(
        # Without it the first passage holds the answer less often, and there is no short answer to speak of.
        "packaged",
        "Who reads the passages found: natoqa's own reader (`packaged`), or `none`: words and likeness alone. "
        "The embedding model `hashing` goes without it.",
        choices=get_args(ReaderName),
    )
    caution: Caution = _setting(
        "balanced",
        "How sure an answer must be: `careful` rather says that the articles do not tell, `eager` rather answers.",
        choices=get_args(Caution),
    )
    answerer: AnswererName = _setting(
        "extractive",
        "Who words the answer: `extractive` (quotations, no language model) or `llm`.",
        choices=get_args(AnswererName),
    )
    llm_provider: Provider = _setting(
        "openai",
        "What the language model's server speaks: `openai` (any compatible server) or `ollama`.",
        choices=get_args(Provider),
    )
    llm_model: str | None = _setting(None, "Name of the language model, as its server knows it.")
    llm_base_url: str | None = _setting(
        None,
        "Address of the server, such as http://127.0.0.1:8000/v1; the provider's usual one if not set.",
    )
    llm_api_key: str | None = _setting(None, "Key for the server, if it wants one; never shown or logged.")
    llm_timeout: float = _setting(
        # Slower than this and a person has given up.
        60.0,
        "Seconds after which the language model is given up.",
        low=0.1,
    )
    llm_context: int = _setting(
        # Asking a local server for more than it was started with fails; every current model reads this many.
        8192,
        "Tokens that the language model reads at once.",
        low=1024,
    )
    llm_unsupported: Unsupported = _setting(
        # An answer that is wrong costs a reader more than one that is shorter.
        "drop",
        "What becomes of a sentence of the language model that its sources do not carry: `drop`, or `mark` "
        "(shown behind “Not confirmed:”); the notes count it either way.",
        choices=get_args(Unsupported),
    )
    host: str = _setting("127.0.0.1", "Address that the chat page listens on.")
    port: int = _setting(7860, "Port that the chat page listens on.", low=0)
    api_keys: str | None = _setting(
        None,
        "Keys of the programs that may use the HTTP API, separated by spaces; without any it is open to programs on "
        "this machine only. Never shown or logged.",
    )
    admin_key: str | None = _setting(
        None,
        "Key that opens all of the HTTP API, re-indexing too; without one, only programs on this machine may re-index. "
        "Never shown or logged.",
    )

    uploads: bool = _setting(
        True,
        "Whether articles can be added over the page, by those who may also re-index: with `no` nobody can.",
    )
    login: Login = _setting(
        "auto",
        "Whether the page asks for a name and a password: `auto` (as soon as `natoqa user add` has made a user), "
        "`always`, or `never`.",
        choices=get_args(Login),
    )
    login_hours: float = _setting(
        # A working day, and the evening: who comes back tomorrow logs in again.
        12.0,
        "Hours after which somebody who has logged in has to do so again.",
        low=0.01,
    )
    root_path: str | None = _setting(
        None,
        "Path under which a reverse proxy shows the page, such as `/news`; whether the proxy takes it off or not.",
    )
    allowed_hosts: str | None = _setting(
        None,
        "Names, separated by spaces, under which the page may be asked for besides this machine's own, such as the one "
        "that a reverse proxy is known by. Without any, a page on 127.0.0.1 answers to this machine's names only, and "
        "one on the network to all.",
    )
    questions_at_once: int = _setting(
        # More at a time only slow each other down on a laptop's cores.
        4,
        "Questions that are worked on at a time, those of page, API and MCP together.",
        low=1,
    )
    questions_waiting: int = _setting(
        # At half a second an answer, the last one in this queue waits some eight seconds; people give up after more.
        64,
        "Questions that may wait for their turn; what comes then is told to try again.",
        low=0,
    )
    visitor_at_once: int = _setting(
        # Half of the places: whoever asks most leaves the others the other half.
        2,
        "Questions of one visitor (user, browser, key or address) that are worked on at a time.",
        low=1,
    )
    visitor_waiting: int = _setting(
        32,
        "Questions of one visitor that may wait for their turn.",
        low=0,
    )
    log_format: LogFormat = _setting(
        "text",
        "How the log is written: `text`, or `json`: one JSON object a line, for every request and question.",
        choices=get_args(LogFormat),
    )
    log_questions: bool = _setting(
        # What people ask is theirs.
        False,
        "Whether the log holds the questions themselves (`yes`), or only that there was one (`no`).",
    )

    def __repr__(self) -> str:
        """Leave the keys out, so that no log or traceback shows them."""
        shown = {name: getattr(self, name) for name in names() if name not in SECRETS}
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in shown.items())})"

    @property
    def data_folder(self) -> Path:
        """Where conversations, feedback and users are kept."""
        if self.data is not None:
            return self.data
        index = self.index.resolve() if self.index.name in ("", "..") else self.index
        return index.parent / f"{index.name}-data"

    @classmethod
    def load(
        cls,
        given: Mapping[str, Any] | None = None,
        *,
        environ: Mapping[str, str] | None = None,
        folder: str | Path = ".",
    ) -> Settings:
        """Return the settings from `given` (None values are not given), the environment, natoqa.toml and the defaults.

        Raises `SettingsError` for an unknown name or a value that is out of range, saying where it came from.
        """
        environ = os.environ if environ is None else environ
        file = Path(folder) / FILE_NAME
        values: dict[str, Any] = {}
        for name, value in _read_file(file).items():
            values[name] = _checked(name, value, f"{FILE_NAME}: {name}")
        for name in names():
            variable = PREFIX + name.upper()
            if environ.get(variable):
                values[name] = _checked(name, environ[variable], variable)
        for name, value in (given or {}).items():
            if value is not None:
                values[name] = _checked(name, value, f"--{name.replace('_', '-')}")
        return cls(**values)


def names() -> tuple[str, ...]:
    """Return the names of all settings, in their documented order."""
    return tuple(setting.name for setting in dataclasses.fields(Settings))


def _read_file(file: Path) -> dict[str, Any]:
    try:
        content = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} cannot be read: {error}") from error
    try:
        entries = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{file} is not valid TOML: {error}", hint='Write lines such as: corpus = "articles"'
        ) from error
    for name in entries:
        if name not in names():
            raise SettingsError(
                f"{file} has an entry that natoqa does not know: {name}", hint=f"Known entries: {', '.join(names())}."
            )
    return entries


def _checked(name: str, value: Any, origin: str) -> Any:
    """Return `value` in the type of the setting `name`; the origin goes into the error."""
    setting = next((each for each in dataclasses.fields(Settings) if each.name == name), None)
    if setting is None:
        raise SettingsError(f"{origin} is not a setting", hint=f"Known settings: {', '.join(names())}.")
    kind = str(setting.type).removesuffix(" | None")
    try:
        converted = _convert(kind, value)
    except (KeyError, TypeError, ValueError) as error:
        shown = "what it is" if name in SECRETS else repr(value)
        raise SettingsError(f"{origin} should be {_KINDS.get(kind, 'text')}, not {shown}") from error
    choices, low = setting.metadata["choices"], setting.metadata["low"]
    if choices and converted not in choices:
        raise SettingsError(f"{origin} should be one of {', '.join(choices)}, not {value!r}")
    if low is not None and not converted >= low:
        raise SettingsError(f"{origin} should be at least {low:g}, not {value!r}")
    if name == "port" and converted > 65535:
        raise SettingsError(f"{origin} should be at most 65535, not {value!r}")
    return converted


_KINDS = {"int": "a whole number", "float": "a number", "Path": "a path", "bool": "yes or no"}
_SAID = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}


def _convert(kind: str, value: Any) -> Any:
    if kind == "int":
        if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
            raise ValueError(value)
        return int(value)
    if kind == "float":
        if isinstance(value, bool):
            raise ValueError(value)
        return float(value)
    if kind == "bool":
        if str(value).lower() not in _SAID:
            raise ValueError(value)
        return _SAID[str(value).lower()]
    if not isinstance(value, str | Path) or not str(value) or "\0" in str(value):
        raise ValueError(value)
    return Path(value) if kind == "Path" else str(value)
