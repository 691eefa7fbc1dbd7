"""The report for other programs: its content by fixed names, every value as it is printed."""

import json
from typing import Any

from performance.change import format_value

from .content import Report
from .matters import MattersTable
from .priority import ActionEntry, Entry, Figure, PrioritySection


def as_json(report: Report) -> str:
    """UTF-8 is meant: the minus signs and quotation marks stand as they are."""
    return json.dumps(content_of(report), ensure_ascii=False, indent=2) + "\n"


def content_of(report: Report) -> dict[str, Any]:
    return {
        "partnership": report.partnership,
        "plan": report.plan,
        "round": report.round,
        "edition": report.edition.value,
        "state": report.state or report.issued,
        **_marking(report),
        **_matters(report.matters),
        "priorities": [_priority(section) for section in report.priorities],
        **_recommendations(report.recommendations_html),
    }


def _priority(section: PrioritySection) -> dict[str, Any]:
    entries = list(section.narratives)
    if section.comment and section.comment.text_html:
        entries.insert(0, section.comment)
    return {
        "reference": section.reference,
        "title": section.title,
        "lead": section.lead,
        **_matters(section.matters),
        "figures": [_figure(row) for row in section.figures.rows] if section.figures else [],
        "actions": [_action(entry) for entry in section.actions],
        "narratives": [_narrative(entry) for entry in entries],
    }


def _matters(table: MattersTable | None) -> dict[str, list[dict[str, str]]]:
    """Named only where there are any."""
    if table is None:
        return {}
    rows = [
        {
            "about": row.about,
            "kind": row.kind,
            "text_html": row.text_html,
            "owner": row.owner,
            "by_when": row.by_when,
            "state": row.state,
        }
        for row in table.rows
    ]
    return {"matters_arising": rows}


def _marking(report: Report) -> dict[str, str]:
    """Named where it says who may read; the public edition has none."""
    return {"marking": report.marking} if report.marking and report.is_sensitive else {}


def _recommendations(text_html: str) -> dict[str, str]:
    """Named only where there are any."""
    return {"recommendations_html": text_html} if text_html else {}


def _figure(row: Figure) -> dict[str, str | list[dict[str, str]]]:
    return {
        "indicator": row.name,
        "previous": row.previous,
        "current": row.current,
        "change": row.change,
        "percentage": row.percentage,
        **_notes(row),
    }


def _notes(row: Figure) -> dict[str, list[dict[str, str]]]:
    """What they tell of the periods of both years, named only where they do."""
    notes = [
        {
            "from": each.period.starts_on.isoformat(),
            "until": each.period.ends_on.isoformat(),
            "added": format_value(each.added),
            "entered": format_value(each.entered),
        }
        for each in row.disagreements
    ]
    return {"notes": notes} if notes else {}


def _action(entry: ActionEntry) -> dict[str, str | list[str]]:
    return {
        "reference": entry.reference,
        "title": entry.title,
        "progress": entry.progress,
        "rag": entry.rag_label,
        "answer": entry.answer,
        "text_html": entry.text_html,
        "milestones_done": list(entry.milestones_done),
        "milestones_overdue": list(entry.milestones_overdue),
        **_given(entry),
    }


def _narrative(entry: Entry) -> dict[str, str]:
    return {
        "kind": entry.kind,
        "heading": entry.heading,
        "answer": entry.answer,
        "text_html": entry.text_html,
        **_given(entry),
    }


def _given(entry: Entry) -> dict[str, str]:
    """Named only where it prints."""
    return {"given_for_lead": entry.given_for_lead} if entry.given_for_lead else {}
