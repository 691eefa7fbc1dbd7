"""What is hidden cannot be worked out from the total it is part of, nor from the other parts."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.sums import Known, to_hide

THRESHOLD = 5
ALL, BURGLARY, ROBBERY, THEFT, HOMES, SHOPS = range(1, 7)
TREE = {BURGLARY: ALL, ROBBERY: ALL, THEFT: ALL, HOMES: BURGLARY, SHOPS: BURGLARY}


def year(**values):
    """A year by the names above; a small number is secret and does not print."""
    return {
        globals()[name.upper()]: known if isinstance(known, Known) else number(known)
        for name, known in values.items()
    }


def number(value, *, before=None, is_secret=False):
    is_secret = is_secret or 0 < value < THRESHOLD
    before = None if before is None else Decimal(before)
    return Known(Decimal(value), prints=not is_secret, is_secret=is_secret, before=before)


def hidden(*years, tree=TREE):
    return to_hide(tree, years, threshold=THRESHOLD).hidden


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        # The difference is the hidden part: the smallest other one goes too.
        ({"all": 50, "robbery": 3, "theft": 27, "burglary": 20}, {BURGLARY: ALL}),
        # Two are hidden already, and together they are no small number.
        ({"all": 60, "robbery": 3, "theft": 3, "burglary": 54}, {}),
        # Two are hidden, but both together are a small number: a third goes.
        ({"all": 58, "robbery": 2, "theft": 2, "burglary": 54}, {BURGLARY: ALL}),
        # There is no other part: the total goes.
        ({"all": 3 + 40, "robbery": number(43, is_secret=True)}, {ALL: ALL}),
        # What is in no part is not known, and is among the difference.
        ({"all": 90, "robbery": 3, "theft": 27, "burglary": 20}, {}),
        # It may be a small number itself.
        ({"all": 50, "theft": 27, "burglary": 20}, {BURGLARY: ALL}),
        # A year of nought says that there was nothing in any part.
        ({"all": 0, "robbery": number(0, is_secret=True), "theft": 0}, {ALL: ALL}),
        # A total that is hidden is the sum of its parts.
        ({"all": number(47, is_secret=True), "theft": 27, "burglary": 20}, {BURGLARY: ALL}),
        # A part has parts, which must not make it up.
        (
            {"all": 50, "robbery": 3, "theft": 27, "burglary": 20, "homes": 9, "shops": 11},
            {BURGLARY: ALL, HOMES: ALL},
        ),
        # The total of a total, where what is between them is not in the report.
        (
            {"all": 30, "burglary": Known(Decimal(30), prints=False), "homes": 3, "shops": 27},
            {SHOPS: ALL},
        ),
        # So it does of a part whose own parts are not in the report.
        (
            {
                "all": 0,
                "burglary": number(0, is_secret=True),
                "homes": Known(Decimal(0), prints=False),
                "theft": 0,
            },
            {ALL: ALL},
        ),
        # Parts that add up to more than their total are a mistake, and tell nothing.
        ({"all": 40, "robbery": 3, "theft": 27, "burglary": 20}, {}),
    ],
)
def test_enough_is_hidden_and_no_more(values, expected):
    assert hidden(year(**values)) == expected


def test_what_is_hidden_for_one_year_hides_it_in_the_other_and_must_hold_there_too():
    before = year(all=100, robbery=number(60, is_secret=True), theft=30, burglary=10)
    now = year(all=50, robbery=3, theft=7, burglary=40)

    assert hidden(now) == {THEFT: ALL}
    assert hidden(before, now) == {BURGLARY: ALL}


def test_what_was_published_earlier_can_hide_nothing_any_more():
    values = {"all": 50, "robbery": 3, "theft": 27}
    known = to_hide(TREE, [year(**values, burglary=number(20, before=20))], threshold=THRESHOLD)
    assert known.hidden == {THEFT: ALL}

    values = {name: number(value, before=value) for name, value in values.items() if value != 3}
    known = to_hide(TREE, [year(**values, robbery=number(23, is_secret=True))], threshold=THRESHOLD)
    assert (known.hidden, known.given_away) == ({}, {ROBBERY})


# An attacker who knows the tree and can solve equations --------------------------------------


@st.composite
def trees_and_years(draw):
    """A tree with the true values of two years, and what would print of each figure."""
    size = draw(st.integers(2, 8))
    tree = {}
    for part in range(1, size):
        total = draw(st.none() | st.integers(0, part - 1))
        if total is not None:
            tree[part] = total
    years = [_values(draw, tree, size) for _ in range(2)]
    in_report = [draw(st.sampled_from([True, True, True, False])) for _ in range(size)]
    withheld = [draw(st.sampled_from([False, False, False, True])) for _ in range(size)]
    # Half of the time nothing was published earlier.
    published = st.integers(*draw(st.sampled_from([(1, 1), (0, 7)])))
    rows = []
    for figure in range(size):
        numbers = [values[figure] for values in years]
        is_small = any(0 < abs(each) < THRESHOLD for each in (*numbers, numbers[1] - numbers[0]))
        rows.append((in_report[figure] and not is_small and not withheld[figure], is_small))
    return tree, [
        {
            figure: Known(
                Decimal(values[figure]),
                prints=rows[figure][0],
                is_secret=withheld[figure] or (in_report[figure] and rows[figure][1]),
                before=Decimal(values[figure]) if draw(published) == 0 else None,
            )
            for figure in range(size)
        }
        for values in years
    ]


def _values(draw, tree, size):
    """Parts mostly make up their total."""
    values = {}
    for figure in reversed(range(size)):
        parts = [values[part] for part, total in tree.items() if total == figure]
        rest = draw(st.sampled_from([0, 0, 0, 2, 40])) if parts else draw(st.integers(0, 12))
        values[figure] = sum(parts) + rest
    return values


def solved(tree, known, readable):
    """The figures whose values follow, and whether a sum of some of them is small.

    Unknown are the values that cannot be read and what a total counts beside its parts.
    """
    totals = set(tree.values())
    rest = {
        total: known[total].value - sum(known[p].value for p, t in tree.items() if t == total)
        for total in totals
    }
    unknown = [figure for figure in known if figure not in readable]
    columns = {figure: place for place, figure in enumerate(unknown)}
    columns |= {
        ("rest", each): len(unknown) + place
        for place, each in enumerate(sorted(each for each in totals if rest[each]))
    }
    equations = []
    for total in totals:
        row, sum_of_known = [Fraction(0)] * len(columns), Fraction(0)
        terms = [(total, -1), *((part, 1) for part, its in tree.items() if its == total)]
        for figure, sign in terms:
            if figure in readable:
                sum_of_known -= sign * Fraction(readable[figure])
            else:
                row[columns[figure]] += sign
        if rest[total]:
            row[columns["rest", total]] += 1
        equations.append([*row, sum_of_known])
    reduced = _reduced(equations, len(columns))
    follow, small = set(), False
    for row in reduced:
        *factors, result = row
        among = [name for name, place in columns.items() if factors[place]]
        if len(among) == 1 or (result == 0 and all(each >= 0 for each in factors)):
            follow |= {name for name in among if name in known}
        if 0 < result < THRESHOLD and all(each >= 0 for each in factors):
            small = True
    return follow, small


def _reduced(rows, width):
    """Gauss and Jordan: each row that is left begins with a one that is alone in its column."""
    rows, done = [list(row) for row in rows], 0
    for column in range(width):
        pivot = next((at for at in range(done, len(rows)) if rows[at][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        rows[done] = [each / rows[done][column] for each in rows[done]]
        for at, row in enumerate(rows):
            if at != done and row[column]:
                factor = row[column]
                rows[at] = [a - factor * b for a, b in zip(row, rows[done], strict=True)]
        done += 1
    return rows[:done]


@settings(max_examples=200)
@given(trees_and_years())
def test_nobody_who_can_solve_equations_finds_what_is_hidden(drawn):
    tree, years = drawn

    found = to_hide(tree, years, threshold=THRESHOLD)

    any_before = any(each.before is not None for known in years for each in known.values())
    for known in years:
        readable = {
            figure: each.value
            for figure, each in known.items()
            if each.before is not None or (each.prints and figure not in found.hidden)
        }
        secret = {
            figure
            for figure, each in known.items()
            if figure not in readable and (each.is_secret or figure in found.hidden)
        }
        follow, small = solved(tree, known, readable)
        assert follow & secret <= found.given_away
        if not any_before:
            assert not small
            assert not found.given_away
