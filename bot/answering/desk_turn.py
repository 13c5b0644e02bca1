"""A servant's act on a card: who they are, what they see, and what the desk makes of it."""

from dataclasses import replace
from datetime import datetime

from bot.answering import merge_turn, weigh_turn
from bot.answering.gate import servant_behind, where
from dialogs.cases.case import Actor, Case, Deed, State
from dialogs.cases.draft import PREVIEW, Desktop
from dialogs.cases.lifecycle import Act
from dialogs.desk import desk, drafting, forwarding, public_line, unmasking
from dialogs.desk.batch import OPEN
from dialogs.desk.card import ATTACHMENTS
from dialogs.desk.holding import TO
from dialogs.desk.policy import DRAFT, Verdict, judge, refusal_of
from dialogs.desk.seat import Desk, Servant, Where, who
from dialogs.desk.sorting import FITS
from dialogs.desk_effects import Draft, OpenCard
from dialogs.effects import Reply
from dialogs.events import Update
from dialogs.fresh import Fresh
from dialogs.ids import AddressId, CaseId, StaffId
from dialogs.media import Attachment
from dialogs.presses import CardPress
from dialogs.said import Said, Words, attachments, preview
from dialogs.town import Town
from storage import (
    addresses,
    cases,
    contributors,
    drafts,
    duties,
    fitting,
    media,
    merges,
    rooms,
    splits,
    staff,
    unmaskings,
)
from storage.database import Connection
from storage.desk_view import MOST_PARTS
from storage.forwarding import path_of

# So many contributors are looked at for whether all of them read one language.
_MOST_LISTENERS = 20
# A case is spoken of less often than that.
_MOST_ENTRIES = 500


def press(c: Connection, update: Update, pressed: CardPress, town: Town, *, now: datetime, fresh: Fresh) -> Reply:
    """Answer a press on a card, wherever it was made."""
    voice = town.voice(town.language)
    servant = servant_behind(c, update)
    if servant is None:
        return Reply(toast=voice("desk.stranger"))
    case = cases.find_by_code(c, pressed.code)
    if case is None:
        return Reply(toast=voice("desk.no_card"))
    seen = desk_of(c, update, servant, case)
    if pressed.act == OPEN:
        return _open_card(c, update, servant, case, town)
    if merge_turn.is_merging(pressed.act):
        seen = merge_turn.look_up(c, pressed.act, seen)
    if weigh_turn.is_weighing(pressed.act):
        seen = weigh_turn.look_up(c, seen)
    if pressed.act == FITS:
        seen = replace(seen, offers=fitting.find(c, case))
    if pressed.act == ATTACHMENTS:
        seen = replace(seen, attachments=_attachments(c, case))
    if pressed.act == Deed.UNMASK:
        seen = _with_hidden(c, seen, town, now=now)
    if pressed.act == Act.HAND_OVER or pressed.act.startswith(f"{TO}."):
        seen = replace(seen, colleagues=duties.able(c, case.queue))
    return desk.act(pressed, seen, town, now=now, fresh=fresh)


def write(
    c: Connection, update: Update, draft: Draft, servant: Servant, text: str, town: Town, *, now: datetime, fresh: Fresh
) -> Reply:
    """Take a text in a servant's own chat as what their draft waits for."""
    if draft.act == Act.MERGE:
        seen = desk_of(c, update, servant, cases.load(c, draft.case))
        return merge_turn.typed(c, text, seen, town, now=now, fresh=fresh)
    if draft.act in weigh_turn.DRAFTS:
        seen = desk_of(c, update, servant, cases.load(c, draft.case))
        return weigh_turn.write(c, desktop(c, draft, servant), seen, text, town, now=now)
    if draft.act == Act.FORWARD:
        return forwarding.write(_way(c, draft, servant), text, town, now=now)
    if draft.act == Deed.PUBLIC_LINE:
        said = _said_in(c, draft.case)
        return public_line.write(desktop(c, draft, servant), text, said, town, now=now)
    return drafting.write(desktop(c, draft, servant), text, town, now=now, number=update.number)


def press_draft(c: Connection, draft: Draft, servant: Servant, step: str, town: Town, *, now: datetime) -> Reply:
    """Take a press on a button of a servant's draft."""
    match draft.act:
        case Act.FORWARD:
            return forwarding.press(_way(c, draft, servant), step, town, now=now)
        case Deed.DELIVERY:
            return weigh_turn.press(c, desktop(c, draft, servant), servant, step, town, now=now)
        case Deed.PUBLIC_LINE:
            return public_line.press(desktop(c, draft, servant), step, town, now=now)
        case _:
            return drafting.press(desktop(c, draft, servant), step, town, now=now)


def _way(c: Connection, draft: Draft, servant: Servant) -> forwarding.Way:
    seen = desktop(c, draft, servant)
    return forwarding.Way(seen, path_of(c, seen.case), servant.name)


def note(c: Connection, update: Update, room: AddressId, text: str, town: Town, *, now: datetime) -> Reply:
    """Keep a reply to a card as a note; a reply to anything else is the servants' own talk."""
    case_id = rooms.case_of_card(c, room, update.reply_to) if update.reply_to is not None else None
    servant = servant_behind(c, update)
    if case_id is None:
        return Reply()
    if servant is None:
        return Reply(toast=town.voice(town.language)("desk.stranger"))
    return desk.note(text, desk_of(c, update, servant, cases.load(c, case_id)), town, now=now)


def desktop(c: Connection, draft: Draft, servant: Servant) -> Desktop:
    """Load what a servant's draft depends on."""
    case = cases.load(c, draft.case)
    first = contributors.contributors_after(c, case.id, 0, limit=_MOST_LISTENERS)
    words, _ = cases.first_words(c, case.id)
    language = first[0].language if first else ""
    as_whom = who(Desk(servant, case, "", None, None, None))
    still = judge(DRAFT, servant, case.queue, Where.OWN) is Verdict.YES
    mixed = any(one.language != language for one in first)
    overtaken = draft.stage == PREVIEW and _is_overtaken(c, draft, case)
    if overtaken:
        # It may have been overtaken between the two looks: what is told then is how it stands after that.
        case = cases.load(c, draft.case)
    others = {case.holder} - {None, draft.staff}
    holder = "".join(staff.names(c, {StaffId(one) for one in others if one is not None}).values())
    return Desktop(draft, case, preview(words), language, as_whom, still, mixed, overtaken, holder)


def _is_overtaken(c: Connection, draft: Draft, case: Case) -> bool:
    """Tell whether a draft would say once more what a colleague has just said."""
    if draft.act == Act.DECIDE and case.state is State.DECIDED:
        # While the decision can still be taken back whole, nobody adds a second one to it.
        latest = cases.latest_act(c, case)
        if latest is not None and not latest.gone_out:
            return True
    return drafts.is_overtaken(c, draft)


def _open_card(c: Connection, update: Update, servant: Servant, case: Case, town: Town) -> Reply:
    """Post the card of a case that a batch lists, in the room where its number was pressed."""
    voice = town.voice(town.language)
    verdict = judge(OPEN, servant, case.queue, where(update))
    if verdict is not Verdict.YES:
        return Reply(toast=refusal_of(verdict, case.queue, town))
    here = addresses.find(c, update.channel, update.place)
    match [seen for seen in rooms.rooms_of(c, case.queue, case.id) if seen.room == here]:
        case [seen] if seen.number is not None:
            return Reply(toast=voice("desk.open_already"))
        case [seen] if seen.batch is not None:
            return Reply((OpenCard(case),), voice("desk.opened"))
        case _:
            return Reply(toast=voice("old_button"))


def _attachments(c: Connection, case: Case) -> tuple[Attachment, ...]:
    """List what came with a case and is still there."""
    said = [one for part in merges.parts_of(c, case.id, limit=MOST_PARTS) for one in attachments(part.words)]
    return tuple(attachment for attachment in said if media.is_kept(c, attachment.id))


def _said_in(c: Connection, case_id: CaseId) -> Words:
    """List what citizens wrote in a case, first and later."""
    first = [said for part in merges.parts_of(c, case_id, limit=MOST_PARTS) for said in part.words]
    lines = cases.newest_entries(c, case_id, limit=_MOST_ENTRIES)
    return (*first, *(Said("", line.words) for line in lines if line.actor is Actor.CITIZEN and line.words))


def _with_hidden(c: Connection, seen: Desk, town: Town, *, now: datetime) -> Desk:
    words = tuple(said for part in merges.parts_of(c, seen.case.id, limit=MOST_PARTS) for said in part.words)
    hidden = unmasking.hidden_in(words, cases.newest_entries(c, seen.case.id, limit=_MOST_ENTRIES), town)
    return replace(
        seen, hidden=hidden, unmasked=unmaskings.count_unmaskings(c, seen.servant.id, since=now - unmasking.WITHIN)
    )


def desk_of(c: Connection, update: Update, servant: Servant, case: Case) -> Desk:
    """Load what a servant sees of a case."""
    holder = staff.servant_of(c, StaffId(case.holder)) if case.holder is not None else None
    latest = cases.latest_act(c, case)
    return Desk(
        servant=servant,
        case=case,
        # Who has been removed since is still named as the one who has it.
        holder=staff.names(c, {case.holder}).get(case.holder, "") if case.holder is not None else "",
        holder_role=holder.role_in(case.queue) if holder else None,
        own_chat=staff.own_chat(c, servant.id, update.channel),
        latest=latest,
        where=where(update),
        been_in=path_of(c, case) if servant.role_in(case.queue) is None else (),
        merged=merges.merged(c, case),
        split_off=splits.newest_part(c, case.id) if latest is not None and latest.act == Act.SPLIT else None,
    )
