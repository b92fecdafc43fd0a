"""Settings: which place wins, what is refused, and that no sentence tells a secret."""

from pathlib import Path

import pytest

from config.settings import NAMES, Inbound, SettingsError, load
from config.settings_rules import is_loopback, redis_place

COVERS = ("RED-03", "RED-05", "SIG-23")

BOT, APP = "xo" + "xb-", "xa" + "pp-"
KEY = "q7Wn2mZ0rT5uY8bK4sD1fG6hJ3kL9xCv"
CANARY = "canary-81c2f7"


def real(**changes):
    values = {
        "SLACK_BOT_TOKEN": BOT + "1-2-abc",
        "SLACK_APP_TOKEN": APP + "1-A1-2-abc",
        "X_API_KEY": "k",
        "X_API_SECRET": "s",
        "X_ACCESS_TOKEN": "1-t",
        "X_ACCESS_SECRET": "u",
        "REPLYDESK_APPROVAL_KEY": KEY,
    }
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


def pretend(**changes):
    return real(
        SLACK_API_URL="http://127.0.0.1:4000/api/",
        X_API_URL="http://localhost:4000/x",
        SLACK_BOT_TOKEN=BOT + "sandbox-bot",
        SLACK_APP_TOKEN=APP + "1-A0-sandbox",
        X_API_KEY="sandbox-key",
        X_API_SECRET="sandbox-secret",
        X_ACCESS_TOKEN="1-sandbox",
        X_ACCESS_SECRET="sandbox-u",
        **changes,
    )


def mistakes(folder: Path, environment, **flags):
    with pytest.raises(SettingsError) as refused:
        load(folder=folder, environment=environment, **flags)
    return refused.value.mistakes


def test_good_settings_are_taken_with_their_defaults(tmp_path):
    settings = load(folder=tmp_path, environment=real())
    assert (settings.poll_seconds, settings.inbound, settings.slack_api_url) == (
        60,
        Inbound.SOCKET,
        "https://slack.com/api/",
    )
    assert settings.approval_key.get_secret_value() == KEY
    assert settings.warnings == ()


def test_the_process_environment_is_read_by_itself(tmp_path, monkeypatch):
    for name, value in real(REPLYDESK_WORKSPACE="lumen").items():
        monkeypatch.setenv(name, value)
    assert load(folder=tmp_path).workspace == "lumen"


def test_flags_win_over_environment_over_dotenv_over_secrets_over_file_over_defaults(tmp_path):
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    name = "REPLYDESK_POLL_SECONDS"
    environment = real(REPLYDESK_SECRETS_DIR="secrets")
    seen = [load(folder=tmp_path, environment=environment).poll_seconds]
    (tmp_path / "replydesk.toml").write_text(f"{name} = 10\n")
    seen.append(load(folder=tmp_path, environment=environment).poll_seconds)
    (secrets / name).write_text("20\n")
    seen.append(load(folder=tmp_path, environment=environment).poll_seconds)
    (tmp_path / ".env").write_text(f"{name}=30\n")
    seen.append(load(folder=tmp_path, environment=environment).poll_seconds)
    environment[name] = "40"
    seen.append(load(folder=tmp_path, environment=environment).poll_seconds)
    seen.append(load(folder=tmp_path, environment=environment, poll_seconds=50).poll_seconds)
    assert seen == [60, 10, 20, 30, 40, 50]


def test_all_mistakes_are_told_at_once_with_place_and_key(tmp_path):
    (tmp_path / ".env").write_text("SLACK_BOT_TOKN=1\nREPLYDESK_STREAM=perhaps\nHOME_GROWN=1\n")
    (tmp_path / "replydesk.toml").write_text("colour = 1\n")
    environment = real(X_API_KEY=None, REPLYDESK_POLL_SECONDS="1", SLACK_BOT_TOKEN="wrong")
    assert mistakes(tmp_path, environment, log_level="loud") == (
        "X_API_KEY is not set. Put the API key of the X app into .env or the environment.",
        "REPLYDESK_LOG_LEVEL on the command line cannot be used. Wanted: how much is logged: DEBUG, INFO, WARNING or ERROR.",
        "REPLYDESK_POLL_SECONDS in the environment is too small. Wanted: seconds from look to look at X: 5 to 3600.",
        "REPLYDESK_STREAM in .env must be true or false. Wanted: true to listen to X's live stream as well (costs more).",
        "SLACK_BOT_TOKN in .env is not a setting. Did you mean SLACK_BOT_TOKEN?",
        "colour in replydesk.toml is not a setting. Remove it, or look up the name in docs/configuration.md.",
        (
            "SLACK_BOT_TOKEN in the environment is not that kind of token: it must begin with xoxb-. "
            "Copy it again from the app's page at api.slack.com/apps."
        ),
    )


def test_an_empty_line_is_a_setting_not_made(tmp_path):
    assert mistakes(tmp_path, real(X_API_SECRET="  ")) == (
        "X_API_SECRET is not set. Put the API key secret of the X app into .env or the environment.",
    )


def test_a_stranger_in_the_environment_is_a_warning_and_in_strict_mode_a_mistake(tmp_path):
    environment = real(REPLYDESK_POLL_SECOND="5", SLACK_SOMETHING="of another program")
    sentence = "REPLYDESK_POLL_SECOND in the environment is not a setting. Did you mean REPLYDESK_POLL_SECONDS?"
    assert load(folder=tmp_path, environment=environment).warnings == (sentence,)
    assert mistakes(tmp_path, environment, strict=True) == (sentence,)


@pytest.mark.parametrize("content", ["x = [", "a = 1\na = 2"])
def test_a_settings_file_that_cannot_be_read_is_one_sentence(tmp_path, content):
    (tmp_path / "replydesk.toml").write_text(content)
    assert mistakes(tmp_path, real()) == (
        "replydesk.toml is not valid TOML: look at its quotation marks and brackets.",
    )


def test_a_dotenv_that_is_not_text_is_one_sentence(tmp_path):
    (tmp_path / ".env").write_bytes(b"SLACK_BOT_TOKEN=\xff\xfe")
    assert mistakes(tmp_path, real()) == (
        ".env cannot be read (UnicodeDecodeError): check its permissions and encoding.",
    )


def test_the_sandbox_is_taken_whole(tmp_path):
    assert load(folder=tmp_path, environment=pretend()).slack_api_url == "http://127.0.0.1:4000/api/"


@pytest.mark.parametrize(
    ("environment", "first_words"),
    [
        (pretend() | {"SLACK_BOT_TOKEN": BOT + "1-2-real"}, "SLACK_BOT_TOKEN is a real key"),
        (pretend() | {"X_ACCESS_SECRET": "real"}, "X_ACCESS_SECRET is a real key"),
        (real(X_API_KEY="sandbox-key"), "X_API_KEY belongs to the sandbox"),
        (real(SLACK_APP_TOKEN=APP + "sandbox"), "SLACK_APP_TOKEN belongs to the sandbox"),
        (pretend() | {"X_API_URL": "https://api.x.com"}, "X_API_KEY belongs to the sandbox"),
        (
            {name: value for name, value in pretend().items() if not name.startswith("X_")}
            | {name: value for name, value in real().items() if name.startswith("X_")},
            "SLACK_API_URL and X_API_URL mix",
        ),
        (real(SLACK_API_URL="http://slack.example/api"), "SLACK_API_URL must begin with https://"),
    ],
)
def test_real_and_pretend_are_never_mixed(tmp_path, environment, first_words):
    assert any(sentence.startswith(first_words) for sentence in mistakes(tmp_path, environment))


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param(None, id="SIG-23-none"),
        pytest.param("", id="SIG-23-empty"),
        pytest.param("changeme", id="SIG-23-changeme"),
        pytest.param("a" * 31, id="SIG-23-short"),
    ],
)
def test_http_needs_a_signing_secret_and_socket_mode_does_not(tmp_path, secret):
    environment = real(SLACK_SIGNING_SECRET=secret)
    assert load(folder=tmp_path, environment=environment).inbound is Inbound.SOCKET
    told = mistakes(tmp_path, environment | {"REPLYDESK_INBOUND": "http"})
    assert [sentence.split(" is ")[0] for sentence in told] == ["SLACK_SIGNING_SECRET"]


def test_socket_mode_needs_an_app_token_and_http_does_not(tmp_path):
    environment = real(SLACK_APP_TOKEN=None)
    assert mistakes(tmp_path, environment)[0].startswith("SLACK_APP_TOKEN is not set")
    http = environment | {"REPLYDESK_INBOUND": "http", "SLACK_SIGNING_SECRET": "0123456789abcdef" * 2}
    assert load(folder=tmp_path, environment=http).slack_app_token is None


def test_the_live_stream_needs_its_token(tmp_path):
    assert mistakes(tmp_path, real(REPLYDESK_STREAM="true"))[0].startswith("X_BEARER_TOKEN is not set")


@pytest.mark.parametrize("key", ["short", "a" * 40, "abab" * 10])
def test_an_approval_key_that_can_be_guessed_is_refused(tmp_path, key):
    assert mistakes(tmp_path, real(REPLYDESK_APPROVAL_KEY=key))[0].startswith("REPLYDESK_APPROVAL_KEY")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("redis://127.0.0.1:6379/0", 0),
        ("redis://localhost", 0),
        ("redis://[::1]:6379", 0),
        ("unix:///run/redis.sock", 0),
        ("rediss://:pw@cache.example:6379/0", 0),
        ("redis://cache.example:6379/0", 2),
        ("rediss://cache.example:6379/0", 1),
        ("redis://:pw@cache.example:6379/0", 1),
        ("redis://:p@ss/w#rd@cache.example:6379/0", 1),
        ("redis://cache:notaport/0", 1),
        ("redis://[::1", 1),
        ("http://cache", 1),
        ("redis+sentinel://127.0.0.1:26379,localhost/desk", 0),
        ("redis+sentinel://127.0.0.1:26379,[::1]:26380/desk/2", 0),
        ("redis+sentinel://127.0.0.1:26379,sentinel.example:26379/desk", 2),
        ("redis+sentinel://:pw@127.0.0.1,sentinel.example/desk", 1),
        ("rediss+sentinel://sentinel.example,127.0.0.1/desk", 1),
        ("rediss+sentinel://:pw@a.example,b.example/desk", 0),
        ("redis+sentinel://127.0.0.1:26379", 1),
        ("redis+sentinel://:p@ss/w#rd@a.example,b.example/desk", 1),
        ("redis+cluster://127.0.0.1:7000,127.0.0.1:7001", 0),
        ("redis+cluster://127.0.0.1:7000,cache.example:7001", 2),
        ("rediss+cluster://:pw@a.example:7000,b.example:7001", 0),
        ("redis+cluster://127.0.0.1:7000,cache:notaport", 1),
        ("redis+cluster://127.0.0.1:7000,", 1),
        ("redis+cluster://127.0.0.1:7000/3", 1),
        ("redis://127.0.0.1:6379,127.0.0.1:6380/0", 1),
        ("redis+other://127.0.0.1", 1),
    ],
)
@pytest.mark.parametrize("row", ["RED-03"])
def test_an_open_redis_on_another_machine_is_refused(tmp_path, url, told, row):
    if told:
        assert len(mistakes(tmp_path, real(REDIS_URL=url))) == told
    else:
        assert load(folder=tmp_path, environment=real(REDIS_URL=url)).warnings == ()


def test_an_open_redis_may_be_allowed_for_a_private_network(tmp_path):
    environment = real(REDIS_URL="redis://cache:6379/0", REPLYDESK_ALLOW_PLAIN_REDIS="true")
    assert load(folder=tmp_path, environment=environment).allow_plain_redis


@pytest.mark.parametrize("row", ["RED-05"])
def test_a_redis_whose_certificate_is_not_looked_at_is_a_warning_each_start(tmp_path, row):
    environment = real(REDIS_URL="rediss://:pw@cache.example:6379/0?ssl_cert_reqs=none")
    (warning,) = load(folder=tmp_path, environment=environment).warnings
    assert warning.startswith("REDIS_URL has ssl_cert_reqs=none")
    assert mistakes(tmp_path, environment, strict=True) == (warning,)


def test_no_secret_stands_in_a_sentence_or_in_what_is_printed(tmp_path):
    secret_names = [name for name in NAMES.values() if name.endswith(("TOKEN", "SECRET", "_KEY"))]
    canaries = {name: f"{CANARY}-{number}" for number, name in enumerate(secret_names)}
    url = f"redis://:p@{CANARY}/w#rd@cache.example:6379/0"
    told = mistakes(
        tmp_path, canaries | {"REDIS_URL": url, "REPLYDESK_LOG_LEVEL": CANARY, "REPLYDESK_POLL_SECONDS": CANARY}
    )
    assert CANARY not in "".join(told)
    assert len(told) >= 4
    settings = load(
        folder=tmp_path, environment=real(X_API_SECRET=CANARY, REDIS_URL=f"rediss://:{CANARY}@cache.example/0")
    )
    assert CANARY not in f"{settings!r}{settings}{settings.model_dump()}{settings.model_dump_json()}"


def test_where_redis_is_can_be_said_without_its_password():
    """LEK-03."""
    assert redis_place("redis://me:secret@cache.example:7000/0") == "cache.example:7000"
    assert redis_place("unix://:secret@/run/redis.sock") == "/run/redis.sock"
    assert redis_place("redis://:p@ss/w#rd@cache.example:6379/0") == "an address that cannot be read"
    assert redis_place("redis://[broken") == "an address that cannot be read"
    assert redis_place("redis+sentinel://me:secret@a.example,b.example:7/desk") == "a.example:26379,b.example:7"
    assert redis_place("rediss+cluster://:secret@a.example,b.example:7") == "a.example:6379,b.example:7"
    assert redis_place("redis+cluster://:se/cret@a.example,b.example:7") == "an address that cannot be read"


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1/x", "http://localhost", "http://[::1]:3", "http://a.localhost", "http://127.9.9.9"]
)
def test_this_machine_is_known_by_all_its_names(address):
    assert is_loopback(address)


@pytest.mark.parametrize(
    "address", ["", "https://slack.com/api/", "http://127.0.0.1.example", "http://localhost.example", "http://10.0.0.1"]
)
def test_other_machines_are_not_this_one(address):
    assert not is_loopback(address)


def test_a_flag_nobody_knows_is_a_slip_in_our_own_code(tmp_path):
    with pytest.raises(TypeError, match="colour"):
        load(folder=tmp_path, environment=real(), colour="blue")


ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("file", [".env.example", "docs/configuration.md"])
def test_each_setting_stands_in_the_example_and_in_the_docs(file):
    text = (ROOT / file).read_text(encoding="utf-8")
    assert [name for name in NAMES.values() if name not in text] == []
