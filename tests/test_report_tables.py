"""Actions and figures of a report as CSV and Excel: what comes out is what went in, and is dead."""

import csv
import zipfile
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from documents.glyphs import printable
from documents.tables import LIVE, as_typed
from reports.renderers.tables import LONGEST_CELL, as_csv, as_xlsx
from reports.sheets import Column, Sheet
from tests.factories import NOW, MilestoneFactory
from tests.hostile import HOSTILE
from tests.reporting import quarter_with_everything, tell
from tests.scenes import open_round_scene


def sheet_of(*cells):
    return Sheet("Words", tuple(Column(f"Column {at}", 10) for at, _ in enumerate(cells)), (cells,))


def workbook_of(*cells):
    file = as_xlsx([sheet_of(*cells)], title="T", author="P", marking="OFFICIAL")
    return load_workbook(BytesIO(file))


def csv_of(file):
    assert file.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(file.decode("utf-8-sig"), newline="")))


def are_dead_and_come_back(*texts):
    [_, cells] = csv_of(as_csv(sheet_of(*texts)))
    [_, row] = workbook_of(*texts).active.iter_rows()
    for text, cell, excel in zip(texts, cells, row, strict=True):
        assert as_typed(cell) == printable(text)
        assert not cell.startswith(LIVE)
        assert unescape(excel.value or "") == printable(text)
        assert excel.data_type != "f"


def test_a_hostile_text_is_read_back_as_it_prints_and_is_no_formula():
    are_dead_and_come_back(*HOSTILE, "\ud800")


@given(st.text())
@settings(max_examples=30, deadline=None)
def test_any_text_is_read_back_as_it_prints_and_is_no_formula(text):
    are_dead_and_come_back(text)


def test_dates_and_numbers_are_what_they_are():
    cells = (
        date(2023, 9, 30),
        Decimal("-6.0"),
        Decimal("0"),
        Decimal("100"),
        Decimal("412.0500"),
        None,
        "",
    )

    [_, line] = csv_of(as_csv(sheet_of(*cells)))
    [_, row] = workbook_of(*cells).active.iter_rows(values_only=True)

    assert line == ["2023-09-30", "-6", "0", "100", "412.05", "", ""]
    assert row == (datetime(2023, 9, 30), -6, 0, 100, 412.05, None, None)  # noqa: DTZ001


def test_a_text_too_long_for_a_cell_goes_on_beside_it():
    text = "word " * LONGEST_CELL

    rows = list(workbook_of("a", text, "b").active.iter_rows(values_only=True))

    assert rows[0][1:6] == ("Column 1", *["Column 1 (continued)"] * 4)
    assert rows[1][0] == "a"
    assert "".join(rows[1][1:-1]) == text
    assert rows[1][-1] == "b"


def test_the_same_tables_are_the_same_file_which_names_no_person_and_no_time():
    first, second = (
        as_xlsx([sheet_of("a")], title="Q2", author="Swale", marking="DRAFT R&D") for _ in range(2)
    )

    assert first == second
    properties = load_workbook(BytesIO(first)).properties
    assert (properties.title, properties.creator, properties.lastModifiedBy) == (
        "Q2",
        "Swale",
        None,
    )
    with zipfile.ZipFile(BytesIO(first)) as parts:
        assert b"dcterms" not in parts.read("docProps/core.xml")
    page = load_workbook(BytesIO(first)).active
    assert page.freeze_panes == "A2"
    assert page.print_title_rows == "$1:$1"
    assert page.oddHeader.center.text == "DRAFT R&&D"


def test_every_line_is_seen_and_the_print_can_be_read():
    columns = (Column("Reference", 10), *[Column("A long name of a column", 80)] * 5)
    texts = "word " * 40, "one\ntwo\nthree", "", "", ""
    rows = (("1.1", *texts), ("1.2", *[""] * 5), ("1.3", "word " * 5000, *[""] * 4))
    file = as_xlsx([Sheet("Actions", columns, rows)], title="", author="", marking="")

    page = load_workbook(BytesIO(file)).active

    assert [page.row_dimensions[row].height for row in (1, 2, 3, 4)] == [30, 45, 15, 409]
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (3, 0)
    assert (page.print_title_rows, page.print_title_cols) == ("$1:$1", "$A:$B")


# Through the front door ------------------------------------------------------------------------


def fetch(client, scene, name):
    client.force_login(scene.coordinator)
    response = client.get(reverse(f"reports:{name}", args=[scene.partnership.slug, scene.round.pk]))
    assert response.status_code == 200
    return response


@pytest.mark.django_db
def test_each_action_of_the_report_is_a_line(client):
    scene = quarter_with_everything()
    scene.actions[2].desired_outcome = "Fewer people\nare hurt"
    scene.actions[2].save()
    for order, (title, timescale) in enumerate((("Meet", "By Mar 20"), ("Visit", ""))):
        MilestoneFactory(
            action=scene.actions[2], title=title, timescale=timescale, order=900 + order
        )

    response = fetch(client, scene, "actions_table")

    lines = list(csv.DictReader(StringIO(response.content.decode("utf-8-sig"), newline="")))
    assert [line["Reference"] for line in lines] == [
        "1.1",
        "1.2",
        "1.3",
        "1.4",
        "1.5",
        "1.6",
        "1.7",
    ]
    assert list(lines[2])[2:7] == [
        *("Action", "Desired outcome", "Key milestones", "Timescales", "Lead")
    ]
    assert lines[2]["Desired outcome"] == "Fewer people\nare hurt"
    assert lines[2]["Key milestones"].endswith("Meet\nVisit")
    assert lines[2]["Timescales"].endswith("By Mar 20\n–")
    red, amber = lines[:2]
    assert (red["RAG"], red["Progress"], red["Why red or amber"]) == (
        "Red",
        "In progress",
        "No money.\nNo room.",
    )
    assert (red["Date before"], red["New date"]) == ("2023-12-29", "2024-03-29")
    assert "What was done\nThe first and the second" in amber["Update"]
    assert amber["Not for publication"] == "Names a victim."
    assert [line["Answer"] for line in lines[3:]] == [
        "Verbal update at the meeting",
        "Nothing to report",
        "Returned for revision",
        "No update received",
    ]
    assert lines[5]["Update"] == ""
    assert response["Content-Disposition"].endswith('-actions-draft.csv"')
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_each_figure_is_a_line_with_both_values_and_the_computed_change(client):
    scene = quarter_with_everything()

    response = fetch(client, scene, "figures_table")

    [first, second] = csv.DictReader(StringIO(response.content.decode("utf-8-sig"), newline=""))
    assert first == {
        "Priority": "Priority 1",
        "Indicator": scene.indicator.name,
        "Supporting": "",
        "Previous year from": "2021-10-01",
        "Previous year to": "2022-09-30",
        "Previous value": "400",
        "Previous, as printed": "400",
        "Current year from": "2022-10-01",
        "Current year to": "2023-09-30",
        "Current value": "412",
        "Current, as printed": "412",
        "Change": "12",
        "Change in percent": "3",
        "Change, as printed": "'+12 (+3.0%)",
        "Judgement": "Worse",
        "Marking": "",
        "Not for publication": "",
    }
    assert second["Change in percent"] == "-40.4"
    assert second["Change, as printed"] == "−23 (−40.4%)"


@pytest.mark.django_db
def test_the_workbook_has_both_tables_with_dates_and_numbers(client):
    scene = quarter_with_everything()
    tell(scene.round, "1.7", text="<p>=HYPERLINK(1)</p>")

    response = fetch(client, scene, "workbook")

    book = load_workbook(BytesIO(response.content))
    assert book.sheetnames == ["Actions", "Figures"]
    heads = [cell.value for cell in book["Actions"][1]]
    assert book["Actions"].cell(2, heads.index("New date") + 1).value.date() == date(2024, 3, 29)
    formula = book["Actions"].cell(8, heads.index("Update") + 1)
    assert (formula.value, formula.data_type) == ("=HYPERLINK(1)", "s")
    assert [cell.value for cell in book["Figures"][2]][5:6] == [400]


@pytest.mark.django_db
def test_the_queries_of_the_tables_do_not_grow_with_the_report(client, django_assert_num_queries):
    scene = open_round_scene(now=NOW)
    client.force_login(scene.coordinator)
    where = [scene.partnership.slug, scene.round.pk]

    with django_assert_num_queries(17):
        client.get(reverse("reports:workbook", args=where))
