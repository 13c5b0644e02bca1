"""Masking: what is covered in four languages, what is left alone, and how long it may take."""

import csv
import re
import string
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from random import Random
from time import thread_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.cases.masking import mask, mask_words
from dialogs.cases.personal_data import Kind, find
from dialogs.said import Said
from tests.dialogs.matters import riverton
from tests.journeys.plants import plant

DATA = Path(__file__).parents[2].parent / "shared" / "data"
FILES = {"bowling-green/statements.csv": "comment-body", "banking77/queries.csv": "text"}
LONGEST = 12_000

# A text, the town's country, what is found in it and of which kind.
PERSONAL = [
    ("My number is 020 7946 0958.", "US", Kind.PHONE, "020 7946 0958"),
    ("Mi número es 0171 1234567", "US", Kind.PHONE, "0171 1234567"),
    ("Mon numéro : 0171 1234567", "US", Kind.PHONE, "0171 1234567"),
    ("رقمي 0171 1234567", "US", Kind.PHONE, "0171 1234567"),
    ("Write to ana.lopez+x@example.co.uk, please.", "US", Kind.EMAIL, "ana.lopez+x@example.co.uk"),
    ("My address: ANA@EXAMPLE.COM.", "US", Kind.EMAIL, "ANA@EXAMPLE.COM"),
    ("Mi correo es josé_2@correo.es!", "ES", Kind.EMAIL, "josé_2@correo.es"),
    ("Écrivez à l'adresse zoé@poste.fr", "FR", Kind.EMAIL, "zoé@poste.fr"),
    ("بريدي leila@example.ma شكرا", "MA", Kind.EMAIL, "leila@example.ma"),
    ("ana at example dot com", "US", Kind.EMAIL, "ana at example dot com"),
    ("ana (at) example (dot) org", "US", Kind.EMAIL, "ana (at) example (dot) org"),
    ("ana arroba correo punto es", "ES", Kind.EMAIL, "ana arroba correo punto es"),
    ("ana [arobase] poste [point] fr", "FR", Kind.EMAIL, "ana [arobase] poste [point] fr"),
    ("ana @ example . com", "US", Kind.EMAIL, "ana @ example . com"),
    ("a\u200bna@exam\u00adple.com", "US", Kind.EMAIL, "a\u200bna@exam\u00adple.com"),
    ("ana＠example．com", "US", Kind.EMAIL, "ana＠example．com"),
    ("Call (270) 555-1234.", "US", Kind.PHONE, "(270) 555-1234"),
    ("270.555.1234", "US", Kind.PHONE, "270.555.1234"),
    ("Mine is 2705551234, hers 270 555 9876", "US", Kind.PHONE, "2705551234"),
    ("2 7 0 5 5 5 1 2 3 4", "US", Kind.PHONE, "2 7 0 5 5 5 1 2 3 4"),
    ("2705551234 on 03/05/2027", "US", Kind.PHONE, "2705551234"),
    ("on 2027-05-03 270-555-1234", "US", Kind.PHONE, "270-555-1234"),
    ("ring 555-1234", "US", Kind.PHONE, "555-1234"),
    ("+34 612 345 678", "US", Kind.PHONE, "+34 612 345 678"),
    ("00 33 6 12 34 56 78", "US", Kind.PHONE, "00 33 6 12 34 56 78"),
    ("whatsapp: 0612345678", "US", Kind.PHONE, "0612345678"),
    ("Llámame al 612 34 56 78", "ES", Kind.PHONE, "612 34 56 78"),
    ("600.123.456", "ES", Kind.PHONE, "600.123.456"),
    ("Mon numéro : 06.12.34.56.78", "FR", Kind.PHONE, "06.12.34.56.78"),
    ("06 12 34 56 78", "FR", Kind.PHONE, "06 12 34 56 78"),
    ("هاتفي ٠٦١٢ ٣٤ ٥٦ ٧٨", "MA", Kind.PHONE, "٠٦١٢ ٣٤ ٥٦ ٧٨"),
    ("رقم هاتفي ٠٦١٢٣٤٥٦٧٨", "US", Kind.PHONE, "٠٦١٢٣٤٥٦٧٨"),
    ("２７０‑５５５‑１２３４", "US", Kind.PHONE, "２７０‑５５５‑１２３４"),
    ("my ssn is 123-45-6789", "US", Kind.IDENTITY, "123-45-6789"),
    ("social security number 123456789", "US", Kind.IDENTITY, "123456789"),
    ("passport X1234567", "US", Kind.IDENTITY, "X1234567"),
    ("DNI 12345678Z", "ES", Kind.IDENTITY, "12345678Z"),
    ("X-1234567-L", "ES", Kind.IDENTITY, "X-1234567-L"),
    ("sécu 1 85 05 78 006 084 91", "FR", Kind.IDENTITY, "1 85 05 78 006 084 91"),
    ("NI number AB 12 34 56 C", "GB", Kind.IDENTITY, "AB 12 34 56 C"),
    ("cpf 123.456.789-09", "BR", Kind.IDENTITY, "123.456.789-09"),
    ("784-1980-1234567-8", "AE", Kind.IDENTITY, "784-1980-1234567-8"),
    ("رقم البطاقة ٢٩٠٠١٠١٠١٢٣٤٥٦", "EG", Kind.IDENTITY, "٢٩٠٠١٠١٠١٢٣٤٥٦"),
    ("pay GB82 WEST 1234 5698 7654 32 soon", "US", Kind.IDENTITY, "GB82 WEST 1234 5698 7654 32"),
    ("gb82west12345698765432", "US", Kind.IDENTITY, "gb82west12345698765432"),
    ("card 4111 1111 1111 1111", "US", Kind.IDENTITY, "4111 1111 1111 1111"),
    ("mine (4111 1111 1111 1111)", "US", Kind.IDENTITY, "4111 1111 1111 1111"),
    ("I am @ana_lopez there", "US", Kind.ACCOUNT, "@ana_lopez"),
    ("insta: maria.l", "US", Kind.ACCOUNT, "maria.l"),
    ("انستغرام: ليلى_22", "MA", Kind.ACCOUNT, "ليلى_22"),
    ("see https://example.org/plan?x=1.", "US", Kind.LINK, "https://example.org/plan?x=1"),
    ("www.example.org", "US", Kind.LINK, "www.example.org"),
    ("on example.org/plan, page 2", "US", Kind.LINK, "example.org/plan"),
]

# What people write about a town, and means nobody.
HARMLESS = [
    ("The meeting was on 03/05/2027, and on 2027-05-03, and 3.5.27.", "US"),
    ("On 24 12 2026 at 10:30-12:45, again at 18h30.", "FR"),
    ("From 2018-2019 and 2018 - 2022 nothing happened, 1998/99 was better.", "US"),
    ("It cost $1,200,000, then 1.200.000 euros, then 1 200 000 €.", "ES"),
    ("El presupuesto es de 612.345.678 euros.", "ES"),
    ("Un budget de 612 345 678 € pour 12 500 000 habitants.", "FR"),
    ("Houses 1200, 1202 and 1204 Main St; 1200 1202 1204 Oak Ave.", "US"),
    ("Bus lines 14, 16 and 22, or 14 16 22 25 30 31 33.", "US"),
    ("Case K7F3-9QWD, or #K7F3, or 2X9Z-77AB.", "US"),
    ("ZIP 42101 or 42101-1234.", "US"),
    ("Room 101, floor 3, gate 12B, highway I-65, US-31W, route 66.", "US"),
    ("Between 200-1000 people, perhaps 400-2500, or 250,000 residents.", "US"),
    ("Call 911 or 311. Ring twice, text once.", "US"),
    ("Near 36.9685, -86.4808, about 300 m away.", "US"),
    ("📍 near 40.713, -74.006", "US"),
    ("Meet @ noon, @noon or @ 5 pm.", "US"),
    ("Look at the point.The bus comes at 8.30, e.g. in the U.S. at St.Louis.", "US"),
    ("Please see plan.pdf and report v2.3.1; it is a must.It is.", "US"),
    ("Permit 2018-00123456, ordinance 2018.45, statute 12.3456.", "US"),
    ("It takes 45 min/day, 24/7, 365 days; 3/4 of us.", "US"),
    ("Hay 20 000 000 de razones y 15.000 firmas en 2027.", "ES"),
    ("٣٠ شخصا في ١٢/٠٥/٢٠٢٧ الساعة ١٠:٣٠ و ٢٥٠٠٠٠ درهم", "MA"),
    ("Le 12/05/2027, 25 personnes, 1 500,50 €.", "FR"),
    ("The dot at the end, and the point at com school.", "US"),
    ("", "US"),
    ("🙂" * 20, ""),
]

HOSTILE = [
    *(
        "@",
        "a",
        "a@",
        "a.",
        "1 ",
        "1-",
        "a-",
        "(",
        "+",
        "%",
        "1.",
        " ",
        "\n",
        "1   ",
        "1\u200b",
        "\u200b",
        "a1",
        "::",
        "٣ ",
    ),
    *("270-555-1234 ", "1234567890", "1234567,", "55555,", "12-12-2018 ", "abc12345 ", "ABCDE12345-", "call 55555,"),
    *("AB12 ", "GB82WEST12345698765432 ", "GB82 WEST 1234 5698 7654 33 ", "4111 1111 1111 1111 ", "123-45-6789 "),
    *("http://", "www.", "a://", "x.com ", "x.com/1?", "t.me/a ", "@ab ", "insta: ", "a at ", "a@b . ", "اتصل ", "+1 "),
]


@pytest.mark.parametrize(("text", "country", "kind", "part"), PERSONAL)
def test_it_is_found(text: str, country: str, kind: Kind, part: str) -> None:
    """Personal data is found from its first sign to its last, however it is spelled."""
    assert (kind, part) in [(one.kind, text[one.start : one.end]) for one in find(text, country=country)]


@pytest.mark.parametrize(("text", "country"), HARMLESS)
def test_it_is_left_alone(text: str, country: str) -> None:
    """Dates, sums, house numbers, times, lines and codes are nobody's."""
    assert [text[one.start : one.end] for one in find(text, country=country)] == []


def test_nothing_is_found_in_what_people_say_of_a_town(record_property: Callable[[str, object], None]) -> None:
    """In a thousand statements and questions of real people nothing is covered that is not personal."""
    if not all((DATA / name).exists() for name in FILES):
        pytest.skip("The public statements do not lie beside this checkout (../shared/data).")
    texts: list[str] = []
    for name, column in FILES.items():
        with (DATA / name).open(encoding="utf-8", newline="") as file:
            texts += [row[column] for row in islice(csv.DictReader(file), 1000)]
    # The same people could live in a town of another country.
    wrong = {(country, text) for country in ("US", "ES", "FR", "MA") for text in texts if find(text, country=country)}
    record_property("false_positives", f"{len(wrong)} of {4 * len(texts)}")
    assert wrong == set()


@pytest.mark.parametrize("part", HOSTILE)
def test_it_takes_no_longer_than_the_text_is_long(part: str) -> None:
    """The longest text takes a blink, whatever is in it."""
    text = (part * LONGEST)[:LONGEST]
    took_s = min(_took(text) for _ in range(3))
    assert took_s < 0.02


def _took(text: str) -> float:
    started = thread_time()
    mask(text, riverton())
    return thread_time() - started


def test_words_stand_for_what_is_covered() -> None:
    """The rest of a text stays as it was, and a word of the town's language says what is not shown."""
    masked = mask("Ask ana@example.org (270-555-1234), @ana_l or ID 123-45-6789.", riverton())
    assert masked.text == "Ask [e-mail] ([phone]), [account] or ID [personal number]."
    assert [one.kind for one in masked.found] == [Kind.EMAIL, Kind.PHONE, Kind.ACCOUNT, Kind.IDENTITY]


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("https://parks.example.org/plan.html?user=7#top", "parks . example . org/plan . html"),
        ("HTTP://ana:secret@example.org", "example . org"),
        ("www.example.org/u/2705551234", "www . example . org/…"),
        ("example.org/ana%40example.org", "example . org/…"),
        ("https://t.me/ana", "[account]"),
        ("https://www.facebook.com/ana.lopez", "[account]"),
        ("tg://user", "[link]"),
    ],
)
def test_a_link_cannot_be_pressed(link: str, shown: str) -> None:
    """A link says where it leads, without anything of which a program makes a link, or that names a person."""
    assert mask(f"See {link} now", riverton()).text == f"See {shown} now"


def test_every_answer_is_masked_and_its_question() -> None:
    """A question may repeat an answer, so both are covered."""
    words = (Said("What would help at ana@example.org?", "Shade."), Said("Why?", "Call 270-555-1234"))
    masked, is_covered = mask_words(words, riverton())
    assert [(said.question, said.answer) for said in masked] == [
        ("What would help at [e-mail]?", "Shade."),
        ("Why?", "Call [phone]"),
    ]
    assert is_covered
    assert mask_words((Said("Why?", "Shade."),), riverton()) == ((Said("Why?", "Shade."),), False)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from(string.printable + "٠٣٦٩é@＠．‐ \u200b"), max_size=300))
def test_lines_stay_lines_and_places_are_in_order(text: str) -> None:
    """What is found lies in the text in order, apart, and never reaches over the end of a line."""
    found = find(text, country="US")
    ends = [0, *(one.end for one in found)]
    assert all(end <= one.start < one.end <= len(text) for end, one in zip(ends, found, strict=False))
    assert not any(re.search(r"\n", text[one.start : one.end]) for one in found)


def test_thousands_made_by_chance_are_covered() -> None:
    """Made by chance and planted into sentences, none is seen any more, nor enough of it to know it."""
    planted = [plant(Random(seed)) for seed in range(4000)]
    assert [one.sentence for one in planted if one.is_seen(mask(one.sentence, riverton()).text)] == []
