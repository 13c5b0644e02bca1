"""What buttons carry: written and read back, short enough, and harmless whatever a client sends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.ids import CODE_LETTERS, AskId, FlowId, Language, read_code, spell, unspell
from dialogs.presses import (
    LONGEST_BYTES,
    AskPress,
    CardPress,
    CasePress,
    DraftPress,
    DutyPress,
    FlowPress,
    JoinPress,
    LanguagePress,
    LookPress,
    OptionPress,
    Press,
    RolePress,
    pack,
    unpack,
)

WORDS = st.from_regex(r"[a-z_]{1,14}", fullmatch=True)
IDS = st.integers(0, 36**11 - 1)
CODES = st.integers(0, 2**40 - 1).map(lambda number: spell(number, 8))
PRESSES: st.SearchStrategy[Press] = st.one_of(
    st.builds(OptionPress, IDS, st.integers(0, 10**6), WORDS),
    st.builds(FlowPress, WORDS.map(FlowId)),
    st.builds(LanguagePress, WORDS.map(Language)),
    st.builds(AskPress, st.integers(0, 10**14).map(AskId), WORDS),
    st.builds(CasePress, CODES),
    st.builds(CardPress, CODES, st.integers(0, 10**6), WORDS),
    st.builds(DraftPress, IDS, WORDS),
    st.builds(JoinPress, CODES, WORDS),
    st.builds(RolePress, WORDS),
    st.builds(LookPress, WORDS, WORDS),
    st.builds(DutyPress, WORDS, WORDS, st.integers(0, 10**14)),
)


@given(PRESSES)
def test_a_press_comes_back_as_it_was(press: Press) -> None:
    """What is written is read back the same, and fits a button."""
    assert unpack(pack(press)) == press
    assert len(pack(press).encode()) <= LONGEST_BYTES


@given(st.text(max_size=80) | st.from_regex(r"[sflawcd]:[^:]{0,20}(:[^:]{0,20}){0,3}", fullmatch=True))
def test_any_data_is_read_without_harm(data: str) -> None:
    """Whatever a client sends is a press or nothing, and its numbers fit the databases."""
    press = unpack(data)
    for name in ("session", "turn", "ask", "version", "draft"):
        assert 0 <= getattr(press, name, 0) < 2**63


@pytest.mark.parametrize(
    "data",
    ["", ":", "s:", "s:a:b:c", "s::1:d", "s:1:²:d", "s:1:-1:d", "a:x:yes", "c:K7F3:1", "z:1", "s:" + "z" * 13 + ":1:d"],
)
def test_what_we_never_write_is_nothing(data: str) -> None:
    """Data that no button of ours carries is no press."""
    assert unpack(data) is None


@given(st.integers(0, 2**60 - 1))
def test_a_code_can_be_copied_by_hand(number: int) -> None:
    """A code that is read aloud or typed with its look-alikes, in small letters or without its dashes is the same."""
    code = spell(number, 12)
    assert set(code) <= {*CODE_LETTERS, "-"}
    sloppy = code.replace("0", "O").replace("1", "l").replace("-", " ").lower()
    assert unspell(sloppy) == code
    assert read_code(sloppy * 9) == f"{code}-{code}"[:20]
