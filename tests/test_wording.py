"""Words that are spelt one way wherever people read them."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
READ = [
    path
    for folder in ("*.md", "docs/**/*.md", "templates/**/*.*", "*/**/*.py")
    for path in sorted(ROOT.glob(folder))
    if not {".venv", "migrations", "tests"} & set(path.relative_to(ROOT).parts)
]


@pytest.mark.parametrize(("spelling", "instead_of"), [("email", "e" + "-mail")])
def test_a_word_is_spelt_one_way(spelling, instead_of):
    assert len(READ) > 100
    wrong = [
        f"{path.relative_to(ROOT)}: write {spelling}"
        for path in READ
        if instead_of in path.read_text(encoding="utf-8").lower()
    ]

    assert wrong == []
