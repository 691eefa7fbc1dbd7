"""The milestones of actions, joined to the actions' own rows so that they cost no query."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from actions.models import Action, Milestone
from partnerships.quarters import Period

# What the pages tell of a milestone.
MILESTONE_FIELDS = ("pk", "title", "timescale", "timescale_kind", "due_on", "completed_on")


@dataclass(frozen=True)
class Step:
    """A milestone, and what is to be said of its date."""

    milestone: Milestone
    is_overdue: bool
    is_outside: bool

    @property
    def is_done(self) -> bool:
        return self.milestone.completed_on is not None

    @property
    def is_open(self) -> bool:
        """Still to be done, once and for all."""
        return self.milestone.ends and not self.is_done

    @property
    def goes_on(self) -> bool:
        """Never done once and for all, and not marked as done."""
        return not (self.milestone.ends or self.is_done)

    @property
    def hint(self) -> str:
        """What stands under it where it can be ticked, as in "By Mar 20. Overdue"."""
        late = mark_safe("<strong>Overdue</strong>") if self.is_overdue else ""
        return format_html_join(". ", "{}", ((each,) for each in (self.by_when, late) if each))

    @property
    def in_words(self) -> str:
        """A line for one that is not asked for, as in "Meet partners: quarterly"."""
        done = self.done.replace("Done", "done")
        often = f" ({self.how_often})" if self.how_often else ""
        return f"{self.milestone.title}: {done or self.by_when or 'as it comes'}{often}"

    @property
    def how_often(self) -> str:
        """As in "every 3 months"; nothing where the timescale says so in these words."""
        often: str = self.milestone.how_often
        return "" if self.is_done or often == self.milestone.timescale.lower() else often

    @property
    def meaning(self) -> str:
        """What was understood, beside what `by_when` says, and where it cannot be right."""
        day, timescale = _in_full(self.milestone.due_on), self.milestone.timescale
        dated = day if timescale and day not in timescale else ""
        outside = "outside the year of this plan" if self.is_outside else ""
        return ", ".join(filter(None, [dated or self.how_often, outside]))

    @property
    def by_when(self) -> str:
        """The timescale as written, or the date that was given in its place."""
        day = _in_full(self.milestone.due_on)
        return self.milestone.timescale or (f"By {day}" if day else "")

    @property
    def done(self) -> str:
        """As in "Done 29 August 2023"; nothing where it is not."""
        day = _in_full(self.milestone.completed_on)
        return f"Done {day}" if day else ""


@dataclass(frozen=True)
class Counted:
    """How many milestones are done, of those that can be done once and for all."""

    done: int
    still_to_do: int
    going_on: int

    @classmethod
    def of(cls, steps: Collection[Step]) -> "Counted":
        return cls(
            done=sum(step.is_done for step in steps),
            still_to_do=sum(step.is_open for step in steps),
            going_on=sum(step.goes_on for step in steps),
        )

    def __str__(self) -> str:
        """As in "1 of 4 done, and 3 that go on"."""
        to_do = self.done + self.still_to_do
        go_on = f"{self.going_on} that {'goes' if self.going_on == 1 else 'go'} on"
        said = [f"{self.done} of {to_do} done"] if to_do else []
        return ", and ".join([*said, go_on] if self.going_on else said)


def _in_full(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""


def joined_to_milestones(actions: QuerySet[Action]) -> QuerySet[Action]:
    """A row for each of an action's milestones in order, or one row where it has none."""
    return actions.annotate(
        **{f"milestone_{name}": F(f"milestones__{name}") for name in MILESTONE_FIELDS}
    ).order_by("order", "pk", "milestones__order", "milestones__pk")


def steps_in(rows: list[Action], period: Period, today: date) -> list[Step]:
    """The milestones that these rows of one action hold."""
    return [_step(row, period, today) for row in rows if row.milestone_pk is not None]


def steps_of(action: Action, period: Period, today: date) -> list[Step]:
    """The milestones of one action, in order; one query."""
    return [told(milestone, period, today) for milestone in action.milestones.all()]


def _step(row: Action, period: Period, today: date) -> Step:
    milestone = Milestone(**{name: getattr(row, f"milestone_{name}") for name in MILESTONE_FIELDS})
    return told(milestone, period, today)


def told(milestone: Milestone, period: Period, today: date) -> Step:
    return Step(milestone, milestone.is_overdue(today), milestone.is_outside(period))
