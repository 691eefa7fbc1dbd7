"""Equations solved once more, in other ways than the portal does it."""

from fractions import Fraction


def reduced(rows, width):
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


def greatest(objective, equations):
    """The most that a sum of numbers can be, none of them negative; None where there is no most.

    By the simplex method, in two phases, with Bland's rule.
    """
    width, height = len(objective), len(equations)
    table = [
        [Fraction(each) for each in (*row[:width], *(at == own for own in range(height)), row[-1])]
        for at, row in enumerate(equations)
    ]
    basis = list(range(width, width + height))

    def exchange(at, column):
        table[at] = [each / table[at][column] for each in table[at]]
        for other, row in enumerate(table):
            if other != at and row[column]:
                table[other] = [
                    one - row[column] * its for one, its in zip(row, table[at], strict=True)
                ]
        basis[at] = column

    for worth in ([0] * width + [-1] * height, [*objective, *[0] * height]):
        while True:
            gains = (
                column
                for column in range(width)
                if worth[column]
                > sum(worth[own] * row[column] for own, row in zip(basis, table, strict=True))
            )
            column = next(gains, None)
            if column is None:
                break
            limits = [
                (row[-1] / row[column], basis[at], at)
                for at, row in enumerate(table)
                if row[column] > 0
            ]
            if not limits:
                return None
            exchange(min(limits)[2], column)
        for at in reversed(range(len(table))):
            if basis[at] >= width:
                column = next((each for each in range(width) if table[at][each]), None)
                if column is None:
                    del table[at], basis[at]
                else:
                    exchange(at, column)
    return sum(objective[own] * row[-1] for own, row in zip(basis, table, strict=True))
