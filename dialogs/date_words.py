"""Words that people put into a date and that no library tells: small ones, and other ways to say a thing.

Folded words only in the sets (see ``dates.fold``): no accents, no capitals.
"""

from collections.abc import Mapping

# Where a language has more than one set of names for the months.
ALSO_WRITTEN: Mapping[str, tuple[str, ...]] = {
    "en": ("en_GB", "en_US"),
    "ar": ("ar_LB", "ar_DZ", "ar_MA"),
}

_SMALL = (
    "the of on in st nd rd th"  # English
    " el la del de en o a"  # Spanish; "1º" and "1ª" fold to "1o" and "1a"
    " le l d du au er re e"  # French
    " في من يوم شهر سنه سنة عام"  # Arabic
)
_BEFORE = "last past pasado pasada ultimo ultima dernier derniere passe passee الماضي الماضية الماضيه الفائت"
# They change nothing in a date.
FILLERS = frozenset(_SMALL.split())
# They say: not this one, the one before.
LAST = frozenset(_BEFORE.split())

# What dateparser does not read, and the same as it reads it; longer phrases first.
SAID_OTHERWISE: Mapping[str, Mapping[str, str]] = {
    "en": {"a couple of": "2", "last night": "yesterday", "last evening": "yesterday", "today's": "today"},
    "es": {
        "antes de ayer": "anteayer",
        "antier": "anteayer",
        "anoche": "ayer",
        "el mes pasado": "hace 1 mes",
        "mes pasado": "hace 1 mes",
        "la semana pasada": "hace 1 semana",
        "semana pasada": "hace 1 semana",
        "el año pasado": "hace 1 año",
        "año pasado": "hace 1 año",
        "un par de": "2",
        "dos": "2",
        "tres": "3",
        "cuatro": "4",
        "cinco": "5",
        "seis": "6",
        "siete": "7",
        "ocho": "8",
        "nueve": "9",
        "diez": "10",
    },
    "fr": {
        "avant hier": "avant-hier",
        "hier soir": "hier",
        "le mois dernier": "il y a 1 mois",
        "mois dernier": "il y a 1 mois",
        "la semaine dernière": "il y a 1 semaine",
        "semaine dernière": "il y a 1 semaine",
        "l'an dernier": "l'année dernière",
        "l'an passé": "l'année dernière",
        "quinze": "15",
    },
    "ar": {
        "أول أمس": "قبل يومين",
        "البارحة": "أمس",
        "العام الماضي": "السنة الماضية",
        "منذ": "قبل",
        "قبل يوم": "قبل 1 يوم",
        "قبل أسبوع": "قبل 1 أسبوع",
        "قبل شهر": "قبل 1 شهر",
        "قبل سنة": "قبل 1 سنة",
        "قبل عام": "قبل 1 سنة",
        "ثلاثة": "3",
        "ثلاث": "3",
        "أربعة": "4",
        "أربع": "4",
        "خمسة": "5",
        "خمس": "5",
        "ستة": "6",
        "ست": "6",
        "سبعة": "7",
        "سبع": "7",
        "ثمانية": "8",
        "ثماني": "8",
        "تسعة": "9",
        "تسع": "9",
        "عشرة": "10",
        "عشر": "10",
    },
}
