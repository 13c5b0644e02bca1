"""Finding personal data in what people write: addresses, phones, numbers that name somebody, accounts, links.

A text of strangers meets this on every drawing of a card, so it takes time in proportion to its length:

- No pattern looks twice at a sign: runs are possessive, and begin only where no such run is under way.
- What is found is blanked, so the next pattern cannot find it, or a part of it, again.
- A run of digits is cut at its blanks, and each few neighbours together are asked about: is it a number of
  a person, or a phone that can exist in the town's country? That costs most, so a text has so many questions
  and no more. After them whatever has the digits of a phone is taken for one: who writes hundreds of numbers
  has no right to see them told apart.

Dates, ranges of years and sums of money are set aside before; words such as "call me" or "passport" before a
number make up for what check digits cannot say. Signs are read as people mean them: Arabic digits as digits,
every dash as a dash, and what cannot be seen is not there.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate

import phonenumbers

from dialogs.cases.identity import is_bank_account, is_identity


class Kind(StrEnum):
    """What was found."""

    EMAIL = "email"
    PHONE = "phone"
    IDENTITY = "identity"
    ACCOUNT = "account"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Found:
    """Something from ``start`` to ``end`` of a text."""

    kind: Kind
    start: int
    end: int


# Beyond it are no scripts (Unicode 16).
_SCRIPTS_END = 0x20000
# Dashes, blanks and signs that look like others, and every digit of every script.
_SIGNS = {
    **dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-"),
    **dict.fromkeys(map(ord, "\u00a0\u1680\u202f\u205f\u3000\t" + "".join(map(chr, range(0x2000, 0x200B)))), " "),
    **{ord(sign): meant for sign, meant in zip("＠﹫．。․＋（）／", "@@...+()/", strict=True)},
    **{code: str(unicodedata.decimal(chr(code))) for code in range(128, _SCRIPTS_END) if chr(code).isdecimal()},
}
_UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")

_MOST_QUESTIONS = 150
_COMMON = r"(?:com|org|net|edu|gov|info|co|io|es|fr|uk|us|de|mx|ar|ma|dz|tn|eg|sa|ae)(?![\w-])"
_NAME = r"(?<![\w.+'%-])[\w.+'%-]++"
_EMAILS = (
    re.compile(rf"{_NAME}@[\w-]++(?:\.[\w-]++)++"),
    re.compile(rf"{_NAME} ?@ ?[\w-]++ ?\. ?{_COMMON}"),
    re.compile(
        rf"{_NAME}(?: (?:at|arroba|arobase|آت|ات) | ?[(\[{{] ?(?:@|at|arroba|arobase|آت|ات) ?[)\]}}] ?)[\w-]++"
        rf"(?: (?:dot|punto|point|نقطة|دوت) | ?[(\[{{] ?(?:\.|dot|punto|point|نقطة|دوت) ?[)\]}}] ?|\.){_COMMON}",
        re.IGNORECASE,
    ),
)
_SCHEMED = re.compile(r"(?<![A-Za-z0-9+.-])(?:[A-Za-z][A-Za-z0-9+.-]{1,15}+://|www\.)[^\s<>\"“”«»]++", re.IGNORECASE)
_BARE = re.compile(r"(?<![\w@./-])[\w-]++(?:\.[\w-]++)++(?:[:/?#][^\s<>\"“”«»]*+)?")
# Endings of the web that people here may write without anything before them; clients make a link of these.
_WRITTEN = (
    "com org net edu gov int mil info biz app dev io me co ai tv tk gl ly gd cc online site shop store blog xyz link "
    "page eu us uk ca au nz ie de fr es it pt nl be ch at lu li mc ad dk no se fi is pl cz sk hu ro bg gr hr si rs tr "
    "ru ua mx ar cl co pe br ve ec uy py bo cr gt do pr ma dz tn eg ly sd sa ae qa kw bh om jo lb iq sy ye ps il ir in "
    "pk cn jp kr za to gg"
)
_ENDINGS = frozenset(_WRITTEN.split())
# Each with the signs without one of which there is none.
_ACCOUNTS = (
    (re.compile(r"(?<![\w@.])@(?!(?:noon|home|work|school|midnight|night|least|all)\b)[^\W\d]\w++(?:\.\w++)*+"), "@"),
    (
        re.compile(
            r"(?<!\w)(?:telegram|insta(?:gram)?|ig|snap(?:chat)?|tiktok|twitter|facebook|fb|discord|skype|تيليجرام|تلغرام|"
            r"تلجرام|انستغرام|انستقرام|انستا|فيسبوك|سناب)(?: (?:user(?:name)?|handle|account|id))? ?[:=] ?"
            r"@?([^\W_][\w.-]{2,31}+)",
            re.IGNORECASE,
        ),
        ":=",
    ),
)
_DIGIT = re.compile(r"\d")
_BANK = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}+")
_MIXED = (
    re.compile(r"(?<![A-Za-z0-9.-])(?=[A-Za-z.-]{0,12}\d)[A-Za-z0-9.-]{8,26}+(?![A-Za-z0-9])"),
    re.compile(r"(?<![A-Za-z0-9])(?:[XYZ]-?)?\d{7,8}[ -][A-Z](?![A-Za-z0-9])"),
    re.compile(r"(?<![A-Za-z0-9])[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![A-Za-z0-9])"),
)
_YEAR = r"(?:1[6-9]|20)\d\d"
_DATE = re.compile(
    r"(?<!\d)(?<!\d[./-])(?:"
    rf"(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|[12]\d|3[01])[./-](?:{_YEAR}|\d\d)"
    rf"|(?:0?[1-9]|[12]\d|3[01]) (?:0?[1-9]|1[0-2]) {_YEAR}"
    rf"|{_YEAR}[./ -](?:0?[1-9]|1[0-2])[./ -](?:0?[1-9]|[12]\d|3[01])"
    rf"|{_YEAR} ?[-/] ?{_YEAR}"
    r")(?!\d)(?![./-]\d)"
)
_MONEY_BEFORE = re.compile(r"(?:[$€£¥₹]|USD|EUR|MAD|DZD|TND|EGP) ?$")
_COUNTED_AFTER = re.compile(
    r" ?(?:[$€£¥%₹°²]|(?:usd|eur|mad|dh|dhs|dzd|tnd|egp|euros?|dollars?|dólares|pesos|dinars?|dirhams?|pounds?|people|"
    r"persons?|personas|personnes|residents|habitantes|habitants|km|mi|miles|meters?|metros|mètres|m|ft|sq|kg|kwh|"
    r"hours?|horas|heures|votes|votos|signatures|firmas|دولار|يورو|دينار|درهم|جنيه|ريال|شخص|نسمة|متر|كم)(?!\w))",
    re.IGNORECASE,
)
_RUN = re.compile(r"(?<![A-Za-z0-9_])(?:\+ ?)?\(?\d(?:[ ().\-/]{0,3}+\d)*+")
_PIECE = re.compile(r"[^ /]+")
_PHONE_WORD = re.compile(
    r"(?:(?<!\w)(?:tel|tél|télé|phone|telephone|téléphone|teléfono|telefono|tfno|mobile|cell|móvil|movil|celular|portable|"
    r"whats ?app|wsp|sms|fax|call|text|ring|reach|ll[aá]m[ae]\w{0,4}|appel\w{0,4}|joindre|contact\w{0,4}|"
    r"(?:my|our) number|(?:mi|nuestro) n[uú]mero|(?:mon|notre) num[eé]ro)"
    r"|رقمي|هاتف|هاتفي|جوال|موبايل|واتس|اتصل|تلفون|نقال|محمول)[^\d\n]{0,20}$",
    re.IGNORECASE,
)
_IDENTITY_WORD = re.compile(
    r"(?:(?<!\w)(?:ssn|social security|passport|pasaporte|passeport|dni|nie|nif|curp|cin|cni|iban|identity|id card|"
    r"id number|my id|driver'?s? licen[cs]e|account number|número de cuenta|sécurité sociale|carte d.identité|"
    r"seguridad social|seguro social)|بطاقة|الهوية|هويتي|جواز|الرقم الوطني)[^\d\n]{0,20}$",
    re.IGNORECASE,
)
_WORDS_BEFORE = 40


@dataclass(slots=True)
class _Sheet:
    """A text on which what was found is blanked."""

    text: str
    country: str
    found: list[Found] = field(default_factory=list)
    questions: int = _MOST_QUESTIONS

    def take(self, spans: Iterator[Found]) -> None:
        """Note spans, which come in order, and blank them."""
        pieces, end = [], 0
        for one in spans:
            self.found.append(one)
            # Nothing reaches over the end of a line.
            pieces += [self.text[end : one.start], "\n" * (one.end - one.start)]
            end = one.end
        self.text = "".join([*pieces, self.text[end:]])

    def ask(self, question: Callable[[], bool]) -> bool:
        """Answer a question that costs; yes, once there were too many."""
        self.questions -= 1
        return self.questions < 0 or question()


@dataclass(frozen=True, slots=True)
class _Run:
    """Digits that stand together on a sheet, cut at blanks; ``counted`` digits come before each piece."""

    sheet: _Sheet
    pieces: list[tuple[int, int]]
    counted: list[int]

    def digits(self, place: int, end: int) -> int:
        return self.counted[end] - self.counted[place]

    def span(self, place: int, end: int) -> tuple[int, int]:
        start, stop = self.pieces[place][0], self.pieces[end - 1][1]
        # A bracket around it all is not its own.
        is_open = self.sheet.text[start] == "(" and ")" not in self.sheet.text[start:stop]
        return start + is_open, stop


def find(text: str, *, country: str = "") -> tuple[Found, ...]:
    """Find personal data and links, in order. ``country``: two letters whose phones and numbers are known, or ""."""
    places: list[int] | None = None
    seen = text
    if _UNSEEN.search(text):
        places = [place for place, sign in enumerate(text) if not _UNSEEN.match(sign)]
        seen = "".join(text[place] for place in places)
    sheet = _Sheet(seen.translate(_SIGNS), country)
    sheet.take(_links(sheet.text, _SCHEMED))
    for pattern in _EMAILS:
        sheet.take(_all(sheet.text, pattern, Kind.EMAIL))
    sheet.take(_links(sheet.text, _BARE))
    for pattern, needs in _ACCOUNTS:
        if any(sign in sheet.text for sign in needs):
            sheet.take(_all(sheet.text, pattern, Kind.ACCOUNT))
    if _DIGIT.search(sheet.text):
        _take_numbers(sheet)
    found = sorted(sheet.found, key=lambda one: one.start)
    if places is not None:
        found = [Found(one.kind, places[one.start], places[one.end - 1] + 1) for one in found]
    return tuple(found)


def _take_numbers(sheet: _Sheet) -> None:
    sheet.take(_bank_accounts(sheet))
    for pattern in _MIXED:
        sheet.take(_mixed(sheet, pattern))
    sheet.text = _DATE.sub(lambda date: "\n" * len(date[0]), sheet.text)
    sheet.take(_numbers(sheet))


def _all(text: str, pattern: re.Pattern[str], kind: Kind) -> Iterator[Found]:
    group = pattern.groups
    return (Found(kind, *match.span(group)) for match in pattern.finditer(text))


def _links(text: str, pattern: re.Pattern[str]) -> Iterator[Found]:
    for match in pattern.finditer(text):
        host, *path = re.split("[:/?#]", match[0], maxsplit=1)
        ending = host.rstrip(".").rpartition(".")[2]
        if pattern is _BARE and not (
            ending.lower() in _ENDINGS and (path or ending in (ending.lower(), ending.upper()))
        ):
            continue
        yield Found(Kind.LINK, match.start(), match.start() + len(match[0].rstrip(".,;:!?)]}'’")))


def _bank_accounts(sheet: _Sheet) -> Iterator[Found]:
    for match in _BANK.finditer(sheet.text):
        # What follows after a blank may be the next word.
        ends = [len(match[0]), *(blank.start() for blank in re.finditer("[ -]", match[0]))]
        for end in sorted(ends, reverse=True):
            if end >= 15 and sheet.ask(lambda: is_bank_account(match[0][:end])):  # noqa: B023 - asked at once
                yield Found(Kind.IDENTITY, match.start(), match.start() + end)
                break


def _mixed(sheet: _Sheet, pattern: re.Pattern[str]) -> Iterator[Found]:
    for match in pattern.finditer(sheet.text):
        written = match[0].rstrip(".-")
        digits = sum(map(str.isdigit, written))
        if digits < 5 or digits == len(written) or not any(map(str.isalpha, written)):
            continue
        before = sheet.text[max(0, match.start() - _WORDS_BEFORE) : match.start()]
        if sheet.ask(lambda: is_identity(written, sheet.country) or _IDENTITY_WORD.search(before) is not None):  # noqa: B023
            yield Found(Kind.IDENTITY, match.start(), match.start() + len(written))


def _numbers(sheet: _Sheet) -> Iterator[Found]:
    for match in _RUN.finditer(sheet.text):
        pieces = [match.span() for match in _PIECE.finditer(sheet.text, match.start(), match.end())]
        counts = [sum(map(str.isdigit, sheet.text[start:end])) for start, end in pieces]
        run = _Run(sheet, pieces, [0, *accumulate(counts)])
        if run.digits(0, len(pieces)) >= 5:
            yield from _in_run(run)


def _in_run(run: _Run) -> Iterator[Found]:
    """Ask about neighbouring pieces of a run together, the longest first."""
    place, many = 0, len(run.pieces)
    while place < many:
        end = next((end for end in range(min(place + 12, many), place, -1) if run.digits(place, end) <= 19), place + 1)
        kind: Kind | None = None
        while end > place and run.digits(place, end) >= 7 and (kind := _kind_of(run, place, end)) is None:
            end -= 1
        if kind is None and place == 0:
            kind, end = _told_by_words(run)
        if kind is not None:
            yield Found(kind, *run.span(place, end))
        place = end if kind else place + 1


def _kind_of(run: _Run, place: int, end: int) -> Kind | None:
    sheet = run.sheet
    start, stop = run.span(place, end)
    if run.digits(place, end) > 19:
        # Nobody's number is so long; what stands in such a row is not for reading.
        return Kind.IDENTITY
    written = sheet.text[start:stop]
    if sheet.ask(lambda: is_identity(written, sheet.country)):
        return Kind.PHONE if sheet.questions < 0 else Kind.IDENTITY
    if written[0] != "+" and (
        _COUNTED_AFTER.match(sheet.text, stop) or _MONEY_BEFORE.search(sheet.text, max(0, start - 5), start)
    ):
        return None
    return Kind.PHONE if _is_phone(written, sheet.country) else None


def _told_by_words(run: _Run) -> tuple[Kind | None, int]:
    """Take the first pieces of a run for what the words before them say that they are."""
    text, start = run.sheet.text, run.pieces[0][0]
    before = text[max(0, start - _WORDS_BEFORE) : start]
    end = 1
    while end < len(run.pieces) and run.digits(0, end + 1) <= 12:
        end += 1
    if run.sheet.ask(lambda: _IDENTITY_WORD.search(before) is not None):
        return Kind.IDENTITY, end
    if run.digits(0, end) < 6 or _COUNTED_AFTER.match(text, run.pieces[end - 1][1]):
        return None, end
    return (Kind.PHONE if _PHONE_WORD.search(before) else None), end


def _is_phone(written: str, country: str) -> bool:
    bare = re.sub(r"\D", "", written)
    groups = re.findall(r"\d+", written)
    if written.lstrip("(")[0] == "+" or (bare.startswith("00") and len(bare) >= 10):
        return 8 <= len(bare.removeprefix("00")) <= 15 and _exists(f"+{bare.removeprefix('00')}", None)
    if not country or not _looks_dialled(groups):
        return False
    if len(bare) == 7:
        return _is_local(written, country)
    return len(bare) <= 13 and _exists(bare, country)


def _looks_dialled(groups: list[str]) -> bool:
    """Tell whether digits are grouped as people group a phone: house numbers and lists are not."""
    sizes = [len(group) for group in groups]
    return len(sizes) == 1 or set(sizes) == {1} or (all(1 < size <= 5 for size in sizes[1:]) and sizes[0] <= 5)


def _is_local(written: str, country: str) -> bool:
    """Tell whether this is a number of North America without its area, and not a range of round numbers."""
    return (
        phonenumbers.country_code_for_region(country) == 1
        and re.fullmatch(r"[2-9]\d\d[-.]\d{4}", written) is not None
        and not written.endswith("00")
    )


def _exists(number: str, country: str | None) -> bool:
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(parsed) if country else phonenumbers.is_possible_number(parsed)
