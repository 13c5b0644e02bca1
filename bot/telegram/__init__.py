"""Telegram: updates in, messages out, over python-telegram-bot as transport and types only."""

import os

# python-telegram-bot gives spans of time as timedelta only where this is set, and warns elsewhere.
os.environ.setdefault("PTB_TIMEDELTA", "true")
