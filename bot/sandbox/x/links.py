"""What X takes for a link in a post: with or without https://, when the ending is a real one."""

# ruff: noqa: SIM905 -- hundreds of quoted endings would be harder to read

import re

COUNTRIES = frozenset(
    (
        "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca "
        "cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo "
        "fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it "
        "je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn "
        "mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps "
        "pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th "
        "tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw "
    ).split()
)

GENERIC = frozenset(
    (
        "com org net edu gov int mil info biz name pro mobi asia jobs tel travel aero coop museum cat app dev page "
        "blog shop store online site website web tech cloud digital media news press live studio agency group company "
        "business services support help care email link click world global today life style design art photo photos "
        "video tv radio music fun game games money bank finance loan credit insurance legal law doctor health clinic "
        "fitness fashion shoes jewelry beauty food restaurant cafe bar pizza beer wine coffee house home homes garden "
        "kitchen lighting energy solar tools parts repair delivery express direct center city town land properties "
        "estate rent rentals taxi cars bike auto hotel tours holiday flights vacations community social network chat "
        "forum wiki guide review reviews report academy school college university education training courses jobs "
        "work works team club church charity foundation xyz top win vip one ltd gmbh llc inc market markets trade "
        "sale deals discount bargains gift gifts promo events party tickets plus zone space host download software "
        "systems solutions consulting engineering industries international london berlin paris nyc amsterdam wien "
        "hamburg koeln "
    ).split()
)
"""The usual generic endings; X knows some 1,200, a link with one of the rare ones counts letter by letter here."""

_LABEL = r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_LETTERS = "a-z0-9\u00c0-\u024f\u0400-\u04ff"
_IN_BRACKETS = rf"\([{_LETTERS}!*';:=+,.$/%#\[\]\-\u2013_~@|&]+\)"
_PATH = rf"/(?:(?:[{_LETTERS}!*';:=+,.$/%#\[\]\-\u2013_~@|&]|{_IN_BRACKETS})*(?:[{_LETTERS}=_#/+\-]|{_IN_BRACKETS}))?"
_QUERY = r"\?(?:[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/])?"


def link_pattern() -> re.Pattern[str]:
    """Matches one link as X finds it."""
    endings = "|".join(sorted({*COUNTRIES, *GENERIC}, key=len, reverse=True))
    domain = rf"(?:{_LABEL}\.)+(?:{endings})(?![a-z0-9@]|\.[a-z0-9]|-[a-z0-9])"
    rest = rf"(?::\d{{1,5}})?(?:{_PATH})?(?:{_QUERY})?"
    return re.compile(rf"(?<![a-z0-9@\uff20$#\uff03])(?:https?://|(?<![-_./])){domain}{rest}", re.IGNORECASE)
