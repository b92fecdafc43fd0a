"""The invented cast: the workspace "Lumen Shop", its people, channels and tokens, and its customers on X."""

from bot.sandbox.slack.people import App, Cast, Channel, Group, Person, Team
from bot.sandbox.x.posts import Account

TEAM_ID = "T0LUMEN"
OTHER_TEAM_ID = "T0OTHER"
BOT_USER_ID = "U0DESK"

# Put together from parts, so that nothing in the repository looks like a real token.
SLACK_BOT_TOKEN = "xo" + "xb-sandbox-bot"
SLACK_APP_TOKEN = "xa" + "pp-1-A0REPLYDESK-sandbox"
SLACK_SIGNING_SECRET = "sandbox-signing-secret"  # noqa: S105 -- invented, opens nothing
X_API_KEY = "sandbox-key"
X_API_SECRET = "sandbox-key-secret"  # noqa: S105 -- invented, opens nothing
X_ACCESS_TOKEN = "900000001-sandbox-access"  # noqa: S105 -- invented; tweepy reads the account id before the dash
X_ACCESS_SECRET = "sandbox-access-secret"  # noqa: S105 -- invented, opens nothing
X_BEARER_TOKEN = "sandbox-bearer"  # noqa: S105 -- invented, opens nothing

BRAND_ID = "900000001"
BRAND_HANDLE = "LumenShop"


def _person(person_id: str, name: str, real_name: str, title: str, **more: object) -> Person:
    fields = {"team_id": TEAM_ID, "avatar": f"/avatars/{name}.svg", **more}
    return Person(id=person_id, name=name, real_name=real_name, title=title, **fields)  # type: ignore[arg-type]  # the keywords are Person's own


PEOPLE = (
    Person(
        id=BOT_USER_ID,
        name="replydesk",
        real_name="Replydesk",
        team_id=TEAM_ID,
        is_bot=True,
        avatar="/avatars/replydesk.svg",
    ),
    _person("UANA", "ana", "Ana Duarte", "Customer service", is_admin=True),
    _person("UBEN", "ben", "Ben Okafor", "Customer service"),
    _person("UPAT", "pat", "Pat Lindqvist", "PR"),
    _person("UKIM", "kim", "Kim Sato", "PR"),
    _person(
        "UOTTO", "otto", "Otto Brandt", "On call", tz="Europe/Berlin", tz_label="Central European Time", tz_offset=3600
    ),
    _person("UGUS", "gus", "Gus Moreau", "Agency", guest="single_channel"),
    _person("UFAY", "fay", "Fay Adler", "Partner", team_id=OTHER_TEAM_ID),
    _person("UDEL", "del", "Del Rossi", "Left the company", deleted=True),
)

STAFF = ("UANA", "UBEN", "UPAT", "UKIM", "UOTTO")

GROUPS = (
    Group(id="S0SERVICE", handle="service", name="Customer service", users=("UANA", "UBEN", "UOTTO")),
    Group(id="S0PR", handle="pr", name="PR", users=("UPAT", "UKIM")),
    Group(id="S0ONCALL", handle="oncall", name="On call", users=("UOTTO",)),
)

CHANNELS = (
    Channel(id="C0CARE", name="care", members=(BOT_USER_ID, *STAFF, "UGUS"), topic="Complaints, one card each"),
    Channel(id="C0PRDESK", name="pr-desk", members=(BOT_USER_ID, *STAFF), topic="What PR looks at before it goes out"),
    Channel(id="C0OPS", name="desk-ops", members=(BOT_USER_ID, *STAFF), topic="The desk's own news"),
    Channel(
        id="C0CAREDE",
        name="care-de",
        members=(BOT_USER_ID, "UBEN", "UOTTO", "UFAY"),
        is_ext_shared=True,
        topic="Beschwerden auf Deutsch",
    ),
    Channel(id="C0RANDOM", name="random", members=STAFF, topic="The bot is not in here"),
)


def workspace() -> Cast:
    """The pretend workspace before anybody has said a word."""
    app = App(
        id="A0REPLYDESK",
        name="Replydesk",
        bot_user_id=BOT_USER_ID,
        bot_id="B0DESK",
        bot_token=SLACK_BOT_TOKEN,
        app_token=SLACK_APP_TOKEN,
        signing_secret=SLACK_SIGNING_SECRET,
    )
    return Cast(team=Team(id=TEAM_ID, name="Lumen Shop"), app=app, people=PEOPLE, groups=GROUPS, channels=CHANNELS)


def brand() -> Account:
    return Account(
        id=BRAND_ID,
        handle=BRAND_HANDLE,
        name="Lumen Shop",
        followers=48_200,
        verified=True,
        bio="Lamps and small electronics. Here to help.",
    )


CUSTOMERS = (
    ("mia_travels", "Mia Torres", 412), ("jonas_liest", "Jonas Weber", 96),
    ("priya_codes", "Priya Nair", 2_310), ("oldmanfern", "Fernando Ruiz", 57),
    ("theo_bakes", "Theo Lambert", 804), ("nightowl_sue", "Sue Park", 133),
    ("grete_garten", "Grete Hoffmann", 61), ("kwame_films", "Kwame Mensah", 58_400),
    ("lucie_lit", "Lucie Bernard", 220), ("dadjokes_dan", "Dan Whitfield", 1_490),
    ("rosa_madrid", "Rosa Jiménez", 305), ("tinytowers", "Ivy Chen", 77),
    ("consumer_hawk", "Consumer Hawk", 126_000), ("felix_funkt", "Felix Krüger", 189),
    ("ama_reads", "Ama Boateng", 540), ("quietharbour", "Signe Holm", 42),
    ("petes_garage", "Pete Malone", 671), ("zoe_and_dogs", "Zoë Martin", 3_020),
    ("haruto_lights", "Haruto Mori", 915), ("newsdesk_nell", "Nell Byrne", 34_700),
)  # fmt: skip
"""Handle, name and followers of the customers; all invented."""

BLUE_FROM = 30_000


def customers() -> list[Account]:
    numbered = enumerate(CUSTOMERS, start=910_000_001)
    return [
        Account(id=str(number), handle=handle, name=name, followers=followers, verified=followers > BLUE_FROM)
        for number, (handle, name, followers) in numbered
    ]
