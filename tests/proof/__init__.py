"""The proof that nothing is lost and nothing done twice: the service killed at every point, and at random.

The service runs in a process of its own, forked from one that has imported everything (``tests/forked.py``),
so that a new life costs a twentieth of a second. What it talks to is here: the Bot API's double, and
people who act (``story.py``). Afterwards the tables and the chats are compared (``checker.py``) by
code that knows nothing of the product's. ``make proof`` runs all of it at full size.
"""
