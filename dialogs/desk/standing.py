"""How a case stands now, in a few words: for who acted on what they saw, while a colleague was quicker.

Whoever comes too late wants to know what came of it: who has the case, what was decided or proposed, where it went.
"""

from dialogs.cases.case import UNDECIDED, Case
from dialogs.cases.draft import Desktop
from dialogs.texts import Voice


def tell_state(case: Case, voice: Voice, *, holder: str = "", mine: bool = False, into: str = "") -> str:
    """Tell the state of a case with what makes it plain. ``mine``: the reader has it; ``into``: the case in charge."""
    state = voice(f"state.{case.state}")
    outcome = case.proposal.outcome if case.proposal is not None else case.outcome
    if into:
        return voice("standing.into", into=into)
    if outcome is not None and (case.proposal is not None or case.state not in UNDECIDED):
        return voice("standing.outcome", state=state, outcome=voice(f"outcome.{outcome}"))
    if case.state not in UNDECIDED or case.holder is None:
        return state
    if mine:
        return voice("standing.yours", state=state)
    return voice("standing.held", state=state, name=holder) if holder else state


def state_under(desktop: Desktop, voice: Voice) -> str:
    """Tell who has a draft how its case stands now."""
    case = desktop.case
    return tell_state(case, voice, holder=desktop.holder, mine=case.holder == desktop.draft.staff)


def tell_moved_on(desktop: Desktop, voice: Voice) -> str:
    """Say that a case has moved away under a draft, and how it stands now."""
    return voice("draft.moved_on", code=desktop.case.code, state=state_under(desktop, voice))
