"""Numbers that name one person or their money: identity and tax numbers, bank accounts, cards.

A number counts when its check digits are right, so that a sum or a permit is not taken for one. Which numbers
there are follows from the town's country; what is strong enough to be sure anywhere (an IBAN, a card, a number
of letters and digits) is looked for in every town. python-stdnum knows the rules of each.
"""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Protocol

from stdnum import get_cc_module, iban, luhn

# What a country gives its people, by the names that python-stdnum has for it.
_LISTED = (
    "AR cuit, AT vnr, AU tfn, BE nn, BG egn, BR cpf, CA sin, CH ssn, CL rut, CO nit, CZ rc, DE idnr, DK cpr, "
    "DO cedula, DZ nif, EC ci, EE ik, EG tn, ES nif, FI hetu, FR nir nif, GB nhs, GR amka, HR oib, IE pps, IL idnr, "
    "IN aadhaar pan, IT codicefiscale, KR rrn, LT asmens, MX curp rfc, NL bsn, NO fodselsnummer, NZ ird, PE cui, "
    "PL pesel, PT nif cc, RO cnp, RU inn, SE personnummer, SI emso, SK rc, TH pin, TN mf, TR tckimlik, UA rntrc, "
    "VE rif, ZA idnr"
)
_NATIONAL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {country: tuple(names) for country, *names in (entry.split() for entry in _LISTED.split(", "))}
)
# Countries whose numbers have no check digit, or none that the library knows, and so a shape that is theirs alone.
_SHAPED: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "US": re.compile(r"\d{3}[- ]\d{2}[- ]\d{4}"),
        "GB": re.compile(r"(?i)[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]"),
        "EG": re.compile(r"[23]\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{7}"),
    }
)
# Those whose last digit is the one of Luhn, as on cards.
_BY_LUHN: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {"AE": re.compile(r"784\d{12}"), "SA": re.compile(r"[12]\d{9}")}
)
_CARD = re.compile(r"[3-6]\d{12,18}")
# Letters and digits with a check letter: sure enough wherever they are written.
_ANYWHERE = (("es", "nif"), ("it", "codicefiscale"), ("mx", "curp"))
_APART = re.compile(r"[ ./-]+")


class _Rules(Protocol):
    def is_valid(self, number: str) -> bool: ...


def is_identity(written: str, country: str) -> bool:
    """Tell whether a number, as somebody wrote it, names a person or a card. ``country``: two letters, or ""."""
    bare = _APART.sub("", written).upper()
    own = _SHAPED.get(country)
    if own is not None and own.fullmatch(written):
        return True
    if bare.isdigit():
        ends_in_luhn = any(shape.fullmatch(bare) for shape in (_CARD, _BY_LUHN.get(country)) if shape is not None)
        return (ends_in_luhn and luhn.is_valid(bare)) or _fits(bare, country)
    return _fits(bare, country) or any(_rules(*name).is_valid(bare) for name in _ANYWHERE)


def is_bank_account(written: str) -> bool:
    """Tell whether this is an IBAN."""
    return iban.is_valid(written)


def _fits(bare: str, country: str) -> bool:
    return any(_rules(country.lower(), name).is_valid(bare) for name in _NATIONAL.get(country, ()))


# Each is a module of the library, loaded when a town first needs it.
@cache
def _rules(country: str, name: str) -> _Rules:
    rules: _Rules | None = get_cc_module(country, name)
    assert rules is not None
    return rules
