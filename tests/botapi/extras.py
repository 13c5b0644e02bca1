"""What stands beside the messages, as strict as Telegram's: topics of a group, reactions, and lists of commands."""

import json
import re

from tests.botapi.world import ApiError, BotMessage, Chat, Json, World

_NAME = re.compile(r"[a-z0-9_]{1,32}")
_MOST_COMMANDS = 100
_LONGEST_DESCRIPTION = 256
# Some of those that a bot may use. Source: Bot API, ReactionTypeEmoji, 2026.
REACTIONS = frozenset("👍👎❤🔥🥰👏😁🤔✍🙏👌🤝👀")


def topic_of(chat: Chat, params: Json) -> int:
    """Give the topic that a message is for; 0 for General, and in groups without topics. Raises: ApiError."""
    asked = str(params.get("message_thread_id") or "")
    if not asked:
        if not chat.general_open:
            raise ApiError(400, "Bad Request: TOPIC_CLOSED")
        return 0
    is_open = chat.topics.get(int(asked)) if asked.isdecimal() else None
    if is_open is None:
        raise ApiError(400, "Bad Request: message thread not found")
    if not is_open:
        raise ApiError(400, "Bad Request: TOPIC_CLOSED")
    return int(asked)


def in_topic(message_thread: int) -> Json:
    """Give the fields that say in which topic a message is."""
    return {"message_thread_id": message_thread, "is_topic_message": True} if message_thread else {}


def react(chat: Chat, message: BotMessage | None, params: Json) -> bool:
    """Put the bot's reaction on a message. Raises: ApiError."""
    if message is None or message.deleted:
        raise ApiError(400, "Bad Request: message to react not found")
    reactions = params.get("reaction") or []
    try:
        chosen = [one["emoji"] for one in (json.loads(reactions) if isinstance(reactions, str) else reactions)]
    except (ValueError, KeyError, TypeError):
        raise ApiError(400, "Bad Request: can't parse reactions") from None
    if len(chosen) > 1:
        raise ApiError(400, "Bad Request: REACTIONS_TOO_MANY")
    allowed = REACTIONS if chat.reactions is None else chat.reactions
    if any(one not in allowed for one in chosen):
        raise ApiError(400, "Bad Request: REACTION_INVALID")
    message.reactions = chosen
    return True


def set_commands(world: World, lists: dict[tuple[str, str], list[Json]], params: Json, *, drop: bool) -> bool:
    """Keep a list of commands under its scope and language, or drop it. Raises: ApiError."""
    scope = json.loads(params.get("scope") or '{"type": "default"}')
    if scope["type"] == "chat" and int(scope["chat_id"]) not in world.chats:
        raise ApiError(400, "Bad Request: chat not found")
    where = str(scope.get("chat_id", scope["type"])), str(params.get("language_code", ""))
    if drop:
        lists.pop(where, None)
        return True
    commands = json.loads(params["commands"])
    if len(commands) > _MOST_COMMANDS:
        raise ApiError(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _NAME.fullmatch(command["command"]):
            raise ApiError(400, "Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= _LONGEST_DESCRIPTION:
            raise ApiError(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    lists[where] = commands
    return True
