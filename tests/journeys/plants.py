"""Personal data that never was anybody's, made by chance and planted into sentences."""

import re
from dataclasses import dataclass
from random import Random

from stdnum import iban, luhn
from stdnum.es import dni

_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_FRAMES = (
    *("{}", "Write to {}.", "Mi contacto es {}, gracias.", "C'est {} !", "تواصل معي: {} شكرا", "Hello,\n{}\nand bye"),
    *("({})", "“{}”", "{}; or not", "In 2027, at 10:30, {} for 25 people.", "A *bold* _word_ <b>{}</b> & more"),
)


@dataclass(frozen=True, slots=True)
class Plant:
    """Something planted, in a sentence; ``traces`` are what must never be seen of it."""

    raw: str
    sentence: str
    traces: tuple[str, ...]

    def is_seen(self, text: str) -> bool:
        """Tell whether a text shows it, or enough of it to know it."""
        digits = bare_digits(text)
        return any(trace in text or (trace.isdigit() and trace in digits) for trace in self.traces)


def bare_digits(text: str) -> str:
    """Give the digits of a text alone, as 0 to 9."""
    return "".join(str(int(sign)) for sign in text if sign.isdecimal())


def plant(chance: Random) -> Plant:
    """Make one, in any of the ways in which people write them."""
    raw = chance.choice([_email, _phone, _number, _link, _account])(chance)
    digits = bare_digits(raw)
    name = re.split("[@ ]", raw)[0] if "@" in raw[1:] or " at " in raw else raw
    traces = [raw.removeprefix("https://"), name, *([digits] if len(digits) > 6 else [])]
    return Plant(raw, chance.choice(_FRAMES).format(raw), tuple(dict.fromkeys(traces)))


def _word(chance: Random) -> str:
    return "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=9))


def _digits(chance: Random, many: int) -> str:
    return "".join(chance.choices("0123456789", k=many))


def _email(chance: Random) -> str:
    name, host = (
        f"{_word(chance)}.{_word(chance)}",
        f"{_word(chance)}.{chance.choice(['org', 'com', 'es', 'fr', 'ma'])}",
    )
    spelled = f"{name} at {host.replace('.', ' dot ')}"
    return chance.choice(
        [f"{name}@{host}", f"{name}{_digits(chance, 2)}@mail.{host}".upper(), spelled, f"{name}(at){host}"]
    )


def _phone(chance: Random) -> str:
    area, line = chance.choice(["270", "502", "212", "415"]), f"555{_digits(chance, 4)}"
    start, end = line[:3], line[3:]
    here = [f"{area}-{start}-{end}", f"({area}) {start}-{end}", f"{area}.{start}.{end}", f"{area}{line}"]
    here += [f"{area} {start} {end}", f"+1 {area} {start} {end}", f"{area}-{start}-{end}".translate(_ARABIC)]
    mobile = _digits(chance, 8)
    pairs = " ".join(mobile[place : place + 2] for place in range(0, 8, 2))
    return chance.choice([*here, f"+34 6{mobile}", f"+33 6 {pairs}", f"0033 6 {pairs}", f"+212 6{mobile}"])


def _number(chance: Random) -> str:
    card, person, bank = "4" + _digits(chance, 14), _digits(chance, 8), f"WEST{_digits(chance, 14)}"
    card += luhn.calc_check_digit(card)
    account = f"GB{iban.calc_check_digits(f'GB00{bank}')}{bank}"
    social = f"{chance.randint(101, 665)}-{chance.randint(10, 99)}-{chance.randint(1000, 9999)}"
    fours = " ".join(card[place : place + 4] for place in range(0, 16, 4))
    return chance.choice([card, fours, account, account.lower(), social, f"{person}{dni.calc_check_digit(person)}"])


def _link(chance: Random) -> str:
    host = f"{_word(chance)}.example.{chance.choice(['org', 'com', 'es'])}"
    page = f"{host}/{_word(chance)}?id={_word(chance)}"
    return chance.choice(
        [f"https://{page}", f"http://www.{page}", f"www.{host}", page, f"https://t.me/{_word(chance)}"]
    )


def _account(chance: Random) -> str:
    return f"@{_word(chance)}_{_digits(chance, 2)}"
