"""Rows that people put in order: each has a whole number in `order`, with room between them."""

from simple_history.utils import bulk_update_with_history

STEP = 10


def moved(rows, row, *, up):
    """The rows in a new order, with one of them a place further up or down."""
    rows = list(rows)
    at = rows.index(row)
    to = at - 1 if up else at + 1
    if 0 <= to < len(rows):
        rows[at], rows[to] = rows[to], rows[at]
    return rows


def keep_order(rows, *, by):
    """Write the order of these rows as they stand in the list, those alone that change."""
    changed = []
    for place, row in enumerate(rows, start=1):
        if row.order != place * STEP:
            row.order = place * STEP
            changed.append(row)
    if changed:
        bulk_update_with_history(changed, type(changed[0]), ["order"], default_user=by)
