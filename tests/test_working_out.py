"""What is hidden cannot be worked out from other figures, other years and other versions."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partnerships.quarters import Period, add_months
from reports.public_counts import Version
from reports.working_out import to_hide
from tests.solving import greatest, reduced

THRESHOLD = 5
ALL, BURGLARY, ROBBERY, THEFT, HOMES, SHOPS = range(1, 7)
TREE = {BURGLARY: ALL, ROBBERY: ALL, THEFT: ALL, HOMES: BURGLARY, SHOPS: BURGLARY}


def year_to(quarter):
    """The rolling year to the end of a quarter, so many after the first."""
    starts_on = add_months(date(2018, 4, 1), 3 * quarter)
    return Period(starts_on, add_months(starts_on, 12) - timedelta(days=1))


YEARS = year_to(0), year_to(4)


def version(quarter=4, *, secret=(), absent=(), **figures):
    """One that has been published: of each figure the current value, or both, by its name."""
    values = {globals()[name.upper()]: said for name, said in figures.items()}
    return version_of(quarter, values, withheld=number_of(secret), absent=number_of(absent))


def version_of(quarter, figures, *, withheld=frozenset(), absent=frozenset()):
    """Of each figure the current value, or both; what is small is hidden, and what is withheld.

    What is absent does not print.
    """
    previous, current = years = year_to(quarter - 4), year_to(quarter)
    values, hidden = {}, set(withheld)
    for figure, said in figures.items():
        before, now = said if isinstance(said, tuple) else (None, said)
        numbers = {previous: before, current: now}
        values |= {(figure, year): number for year, number in numbers.items() if number is not None}
        change = 0 if before is None else now - before
        if any(0 < abs(each) < THRESHOLD for each in (before or 0, now, change)):
            hidden.add(figure)
    shown = {figure for figure, _ in values} - hidden - absent
    values = {key: Decimal(number) for key, number in values.items()}
    return Version(years, values, frozenset(shown), frozenset(hidden))


def number_of(names):
    return {globals()[name.upper()] for name in ([names] if isinstance(names, str) else names)}


def found(*versions, tree=TREE):
    """What is to be hidden in the last of them."""
    *earlier, new = versions
    return to_hide(tree, [*earlier, replace(new, is_new=True)], threshold=THRESHOLD)


def hidden(*versions, tree=TREE):
    return found(*versions, tree=tree).hidden


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
        ({"all": 43, "robbery": 43, "secret": "robbery"}, {ALL: ALL}),
        # What is in no part is not known, and is among the difference.
        ({"all": 90, "robbery": 3, "theft": 27, "burglary": 20}, {}),
        # It may be a small number itself.
        ({"all": 50, "theft": 27, "burglary": 20}, {BURGLARY: ALL}),
        # A year of nought says that there was nothing in any part.
        ({"all": 0, "robbery": 0, "theft": 0, "secret": "robbery"}, {ALL: ALL}),
        # A total that is hidden is the sum of its parts.
        ({"all": 47, "theft": 27, "burglary": 20, "secret": "all"}, {BURGLARY: ALL}),
        # A part has parts, which must not make it up.
        (
            {"all": 50, "robbery": 3, "theft": 27, "burglary": 20, "homes": 9, "shops": 11},
            {BURGLARY: ALL, HOMES: ALL},
        ),
        # The total of a total, where what is between them is not in the report.
        ({"all": 30, "burglary": 30, "homes": 3, "shops": 27, "absent": "burglary"}, {SHOPS: ALL}),
        # So it does of a part whose own parts are not in the report.
        (
            {
                "all": 0,
                "burglary": 0,
                "homes": 0,
                "theft": 0,
                "secret": "burglary",
                "absent": "homes",
            },
            {ALL: ALL},
        ),
        # Parts that add up to more than their total are a mistake, and tell nothing.
        ({"all": 40, "robbery": 3, "theft": 27, "burglary": 20}, {}),
    ],
)
def test_enough_is_hidden_and_no_more(values, expected):
    assert hidden(version(**values)) == expected


def test_what_is_hidden_for_one_year_hides_it_in_the_other_and_must_hold_there_too():
    now = {"all": 50, "robbery": 3, "theft": 7, "burglary": 40}
    before = {"all": 100, "robbery": 60, "theft": 30, "burglary": 10}

    assert hidden(version(**now)) == {THEFT: ALL}
    assert hidden(version(**{name: (before[name], now[name]) for name in now})) == {THEFT: ALL}


def test_what_was_published_earlier_can_hide_nothing_any_more():
    values = {"all": 50, "robbery": 3, "theft": 27, "burglary": 20}
    assert hidden(version(burglary=20), version(**values)) == {THEFT: ALL}

    told = found(version(all=50, theft=27, burglary=20), version(**values))
    assert (told.hidden, told.given_away) == ({}, {ROBBERY})


# Versions of the same year, before and after a correction ---------------------------------------


def test_what_was_hidden_before_a_correction_does_not_follow_from_both_versions():
    first = version(all=50, burglary=20, robbery=3, theft=27, secret=["robbery", "theft"])
    again = {"all": 55, "burglary": 25, "robbery": 3, "theft": 27}

    # By itself it would hide burglary: but then theft would tell robbery, with the old numbers.
    assert hidden(version(**again)) == {BURGLARY: ALL}
    assert hidden(first, version(**again)) == {THEFT: ALL}
    # Robbery itself was corrected and can be shown, but for the sake of theft.
    shown = version(**again | {"all": 61, "robbery": 9})
    assert hidden(first, shown) == {THEFT: ALL, ROBBERY: ALL}
    # Theft was corrected as well: it tells nothing of what was.
    assert hidden(first, version(**again | {"all": 68, "theft": 40})) == {BURGLARY: ALL}


def test_what_two_versions_tell_together_is_said_of_a_third():
    first = version(all=60, burglary=20, robbery=13, theft=27, secret=["robbery", "theft"])
    again = version(all=65, burglary=25, robbery=13, theft=27, secret=["robbery", "burglary"])
    told = found(first, again)
    # Robbery would follow from theft, and burglary from the totals: robbery and theft are forty.
    assert (told.hidden, told.given_away) == ({THEFT: ALL, ALL: ALL}, frozenset())

    told = found(first, again, replace(again, secret=frozenset(TREE), shown=frozenset()))
    assert (told.hidden, told.given_away) == ({}, {ROBBERY, BURGLARY})


def test_what_versions_tell_already_is_no_reason_to_hide_it_again():
    first = version(all=50, homes=9, shops=11)
    told = found(first, version(all=50, burglary=20, robbery=30, secret="robbery"))

    assert (told.hidden, told.given_away) == ({}, {ROBBERY})


# Other years of the same figure ----------------------------------------------------------------


def test_the_next_years_report_must_not_complete_a_hidden_change():
    before, small = version(0, burglary=(80, 50)), version(4, burglary=(50, 52))
    after = version(8, burglary=(52, 90))

    assert small.secret == {BURGLARY}
    assert hidden(before, small, after) == {BURGLARY: None}
    assert hidden(small, after) == {}
    assert hidden(before, version(4, burglary=(50, 62), secret="burglary"), after) == {}


def test_what_earlier_versions_show_is_told_and_no_reason_to_hide_more():
    shown = version(0, burglary=(80, 90)), version(8, burglary=(93, 190))
    small = version(4, burglary=(90, 93))

    told = found(*shown, small)
    assert (told.hidden, told.given_away) == ({}, {BURGLARY})
    told = found(*shown, small, version(8, burglary=(93, 190)))
    assert (told.hidden, told.given_away) == ({}, frozenset())


def test_years_that_overlap_must_not_give_away_a_quarter_after_a_year_of_nought():
    nought, six, eight = (version(at, theft=now) for at, now in ((4, 0), (5, 6), (6, 8)))

    assert hidden(nought, six, eight) == {THEFT: None}
    assert hidden(eight, six, nought) == {THEFT: None}
    assert hidden(nought, six, version(6, theft=12)) == {}
    assert hidden(version(4, theft=5), six, eight) == {}
    assert hidden(nought, six, version(4, theft=10), eight) == {}
    assert hidden(nought, six, eight, version(7, theft=20)) == {}


def test_nor_must_they_where_two_years_are_as_much_as_one_that_reaches_into_both():
    apart, between = version(4, theft=(10, 20)), version(2, theft=(8, 30))
    beside, far = version(3, theft=(13, 22)), version(3, theft=(5, 25))

    # There was nothing in the first half of the one and in the second half of the other.
    assert hidden(apart, between, beside) == {THEFT: None}
    assert hidden(beside, apart, between) == {THEFT: None}
    assert hidden(apart, between, far) == {}
    assert hidden(apart, version(2, theft=(8, 29)), beside) == {}
    assert hidden(version(2, theft=(8, 30)), beside) == {}


def test_nor_must_they_after_a_quarter_that_a_note_tells():
    first = year_to(4)
    told = Period(first.starts_on, add_months(first.starts_on, 3) - timedelta(days=1))
    before, now = version(4, theft=60), version(5, theft=(90, 52))
    note = {(THEFT, told): Decimal(10)}

    assert hidden(before, replace(now, values=now.values | note)) == {THEFT: None}
    assert hidden(before, now) == {}
    assert hidden(version(4, theft=50), replace(now, values=now.values | note)) == {}


def test_nor_must_they_where_parts_make_up_their_total_in_years_beside():
    before, after = (version(at, all=80 + at, theft=60, robbery=20 + at) for at in (5, 10))
    six = version(9, all=69, theft=50, robbery=13)
    new = version(7, all=90, theft=52, robbery=32, secret="robbery")

    # All six that are in no part were in the one quarter between the years that have none.
    assert hidden(before, after, six, new) == {THEFT: ALL}
    assert hidden(after, six, new) == {}
    assert hidden(before, six, new) == {}


def test_nor_must_what_is_left_of_totals_in_such_years():
    def left(at, total, rest):
        values = {"all": total, "theft": total - rest, "robbery": rest - 3, "burglary": 3}
        return version(at, **values, secret=["robbery", "burglary"])

    nought = version(4, all=0, theft=0, robbery=0, burglary=0)
    nought = replace(nought, shown=frozenset([ALL]))
    assert hidden(nought, left(5, 40, 8), left(6, 45, 10)) == {THEFT: ALL}
    assert hidden(nought, left(5, 40, 8), left(6, 55, 14)) == {}
    assert hidden(left(4, 40, 8), left(5, 40, 8), left(6, 45, 10)) == {}


# A reader who knows what counts are made of, and can solve equations ----------------------------


@st.composite
def published_one_after_another(draw):
    """A tree, and versions of the same year between which numbers were corrected."""
    size = draw(st.integers(2, 6))
    totals = {part: draw(st.none() | st.integers(0, part - 1)) for part in range(1, size)}
    tree = {part: total for part, total in totals.items() if total is not None}
    versions, values = [], {}
    for at in range(draw(st.integers(1, 3))):
        corrected = draw(st.sets(st.integers(0, size - 1))) if at else set(range(size))
        values = {
            year: _values(draw, tree, size, values.get(year, {}), corrected) for year in YEARS
        }
        versions.append(_version(draw, values, size))
    return tree, versions


def _values(draw, tree, size, before, corrected):
    """Parts mostly make up their total; what was not corrected is as before."""
    rests = dict(before.get("rests", {}))
    for figure in corrected:
        is_total = figure in tree.values()
        rests[figure] = draw(st.sampled_from([0, 0, 0, 2, 40]) if is_total else st.integers(0, 12))
    values = {"rests": rests}
    for figure in reversed(range(size)):
        parts = [values[part] for part, total in tree.items() if total == figure]
        values[figure] = rests[figure] + sum(parts)
    return values


def _version(draw, values, size):
    figures = range(size)
    small = {
        figure
        for figure, (one, other) in ((f, [values[year][f] for year in YEARS]) for f in figures)
        if any(0 < abs(each) < THRESHOLD for each in (one, other, other - one))
    }
    withheld = {each for each in figures if draw(st.integers(0, 4)) == 0}
    absent = {each for each in figures if draw(st.integers(0, 5)) == 0}
    return Version(
        years=YEARS,
        values={(each, year): Decimal(values[year][each]) for each in figures for year in YEARS},
        shown=frozenset(set(figures) - small - withheld - absent),
        secret=frozenset(withheld | (small - absent)),
    )


def published(tree, versions):
    """Each with what it hides for the sake of those before it, and what was given away by then."""
    public, given_away = [], []
    for version in versions:
        told = found(*public, version, tree=tree)
        hidden = version.secret | told.hidden.keys()
        public.append(replace(version, shown=version.shown - hidden, secret=hidden))
        given_away.append(told.given_away)
    return public, given_away


def what_follows(tree, versions):
    """The figures, years and values that follow, and the small numbers of several together."""
    shown = {
        (figure, year, value)
        for version in versions
        for (figure, year), value in version.values.items()
        if figure in version.shown
    }
    equations = []
    for version in versions:
        for year in YEARS:
            for total in set(tree.values()):
                parts = [part for part, its in tree.items() if its == total]
                rest = version.values[total, year] - sum(version.values[p, year] for p in parts)
                signs = {(part, year, version.values[part, year]): 1 for part in parts}
                signs[total, year, version.values[total, year]] = -1
                if rest:
                    signs["rest", total, year, rest] = 1
                equations.append(signs)
    unknown = sorted({each for signs in equations for each in signs} - shown, key=str)
    rows = []
    for signs in equations:
        known = sum(sign * Fraction(each[-1]) for each, sign in signs.items() if each in shown)
        rows.append([*(Fraction(signs.get(each, 0)) for each in unknown), -known])
    follow, small = set(), []
    for *factors, result in reduced(rows, len(unknown)):
        among = [each for each, factor in zip(unknown, factors, strict=True) if factor]
        only_adds = all(each >= 0 for each in factors)
        if len(among) == 1 or (result == 0 and only_adds):
            follow |= set(among)
        if only_adds and 0 < result < THRESHOLD:
            small.append(among)
    return follow | shown, small


@settings(max_examples=100, deadline=None)
@given(published_one_after_another())
def test_nobody_who_can_solve_equations_finds_what_is_hidden(drawn):
    tree, versions = drawn

    public, given_away = published(tree, versions)

    follow, small = what_follows(tree, public)
    shown = {
        (figure, year, value)
        for version in public
        for (figure, year), value in version.values.items()
        if figure in version.shown
    }
    if not any(given_away):
        assert not small
    for version, told in zip(public, given_away, strict=True):
        for (figure, year), value in version.values.items():
            if figure in version.secret and (figure, year, value) not in shown:
                assert (figure, year, value) not in follow or figure in told


# A reader who tries all that the single quarters may have been ---------------------------------

QUARTERS = 14


def year_of(last):
    return range(last - 3, last + 1)


class World:
    """What there was in each quarter: small numbers, many of them nought, some for over a year."""

    def __init__(self, counts, seed):
        """`counts` has for each figure what it counts."""
        self.counts = counts
        self.random = random = Random(seed)  # noqa: S311
        leaves = sorted(set().union(*counts.values()))
        most, often = random.choice([2, 4, 8]), random.choice([0.3, 0.7])
        self.quarters = {
            (leaf, at): random.randint(0, most) if random.random() < often else 0
            for leaf in leaves
            for at in range(QUARTERS)
        }
        for leaf in random.sample(leaves, random.randint(0, len(leaves))):
            first = random.randrange(QUARTERS - 4)
            self.quarters |= {(leaf, first + at): 0 for at in range(5) if first + at < QUARTERS}

    def count(self, figure, quarters):
        return sum(self.quarters[leaf, at] for leaf in self.counts[figure] for at in quarters)

    def version(self, last):
        """Of the year to a quarter, now and then with a figure withheld."""
        return version_of(
            last,
            {
                each: (self.count(each, year_of(last - 4)), self.count(each, year_of(last)))
                for each in self.counts
            },
            withheld={each for each in self.counts if self.random.random() < 0.15},
        )

    def follows(self, figure, quarters, shown):
        """Whether there is but one number that it can be, where these years are shown."""
        wanted = self._factors(figure, quarters)
        known = [
            [*self._factors(each, year_of(last)), self.count(each, year_of(last))]
            for each, last in shown
        ]
        return greatest(wanted, known) == -greatest([-each for each in wanted], known)

    def _factors(self, figure, quarters):
        return [int(leaf in self.counts[figure] and at in quarters) for leaf, at in self.quarters]


class SparseWorld(World):
    """Where there is nothing in most quarters, years are often as much as others together."""

    def __init__(self, counts, seed):
        super().__init__(counts, seed)
        often = self.random.choice([0.2, 0.3, 0.45])
        self.quarters = {
            each: self.random.choice([2, 5, 6, 7, 9]) if self.random.random() < often else 0
            for each in self.quarters
        }


def published_of(world):
    """The years that each published version is of, what it hides and was told, and all shown."""
    lasts = world.random.sample(range(7, QUARTERS), world.random.randint(2, 5))
    tree = {part: 0 for part in world.counts if part}
    public, given_away = published(tree, [world.version(last) for last in lasts])
    years = [(last - 4, last) for last in lasts]
    shown = {
        (each, at)
        for both, one in zip(years, public, strict=True)
        for each in one.shown
        for at in both
    }
    kept = {
        (each, at)
        for both, one, told in zip(years, public, given_away, strict=True)
        for each in one.secret - told
        for at in both
    }
    return shown, kept - shown


@pytest.mark.parametrize(
    ("kind", "counts", "seeds"),
    [
        (World, {0: {0}}, range(30)),
        (World, {0: {1, 2}, 1: {1}, 2: {2}}, range(8)),
        (SparseWorld, {0: {0}}, [54, *range(12)]),
        (SparseWorld, {0: {0, 1}, 1: {1}}, [181, 257, *range(4)]),
        (SparseWorld, {0: {0, 1, 2}, 1: {1}, 2: {2}}, range(3)),
    ],
)
def test_nobody_who_tries_all_quarters_finds_what_is_hidden(kind, counts, seeds):
    for seed in seeds:
        world = kind(counts, seed)
        shown, hidden = published_of(world)
        assert not [one for one in hidden if world.follows(one[0], year_of(one[1]), shown)], seed
        small = [
            (each, at)
            for each in counts
            for at in range(QUARTERS)
            if 0 < world.count(each, [at]) < THRESHOLD
        ]
        assert not [one for one in small if world.follows(one[0], [one[1]], shown)], seed
