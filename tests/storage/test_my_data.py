"""What a person gets of their data is all of it: no table and no column can be forgotten."""

import pytest

from storage.case_tables import every_table
from storage.my_data import KEPT, LEFT_OUT, READ_AS_TEXT, Kept


def test_every_table_is_in_the_copy_or_left_out_with_a_reason() -> None:
    """A new table stands in exactly one of three places, so somebody has thought about it."""
    shown = {table.name for kept in KEPT for table in kept.tables}
    places = [shown, set(LEFT_OUT), set(READ_AS_TEXT)]
    assert sorted(name for names in places for name in names) == sorted(every_table.tables)
    assert all(LEFT_OUT.values())


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: "+".join(table.name for table in kept.tables))
def test_every_column_is_in_the_copy_or_left_out_with_a_reason(kept: Kept) -> None:
    """A new column of a table about people is shown under a name, or named with the reason why not."""
    shown = {column.name for column in kept.shown.values() if column.table in kept.tables}
    columns = {column.name for table in kept.tables for column in table.columns}
    # The number of a case leads to what is shown of it, and is not shown itself.
    assert (shown | set(kept.without)) == columns
    assert shown & set(kept.without) <= {"id"}
    assert all(kept.without.values())
