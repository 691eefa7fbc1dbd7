"""What an administrator types when a plan's year ends."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms

from actions.models import Action, Closing, Progress
from administration.closing import Carried, Position, is_doubtful
from documents.forms import PlainTextField
from partnerships.forms import PortalForm, Radios
from priorities.models import Priority

LONGEST_REASON = 500
# So that the whole of it fits into the plan's history.
LONGEST_WHY = 80


class PositionForm(PortalForm):
    """Where one action ended. It may be left open, or undecided again, until the plan is closed."""

    closing = forms.ChoiceField(
        choices=Closing.choices,
        required=False,
        widget=Radios(
            reveals={Closing.ENDED: ("reason",)}, css_class="govuk-radios--small position"
        ),
    )
    reason = PlainTextField(max_length=LONGEST_REASON)
    marks_optional = False

    def __init__(self, *args, action: Action, undone: int, **kwargs):
        self.action, self.undone = action, undone
        self.name = action.reference or f"“{action.title}”"
        proposed = Closing.COMPLETE if action.progress == Progress.COMPLETE else ""
        initial = {"closing": action.closing or proposed, "reason": action.closing_reason}
        super().__init__(*args, prefix=f"action-{action.pk}", initial=initial, **kwargs)
        if initial["closing"]:
            # A radio cannot be unchosen.
            self.fields["closing"].choices = [*Closing.choices, ("", "Not decided yet")]
        self.fields["closing"].label = f"Where did {self.name} end?"
        self.fields["reason"].label = f"Why did {self.name} end?"
        self.fields["closing"].error_messages["invalid_choice"] = f"Choose where {self.name} ended"

    @property
    def is_proposed(self) -> bool:
        """Whether what is chosen is proposed from the progress, and not saved yet."""
        return not self.action.closing and bool(self.initial["closing"])

    @property
    def is_doubtful(self) -> bool:
        """Whether it is to end complete, and the plan does not say yet that all of it is done."""
        return self["closing"].value() == Closing.COMPLETE and is_doubtful(self.action, self.undone)

    def clean(self):
        data = super().clean()
        ended = data.get("closing") == Closing.ENDED
        if ended and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", f"Say why {self.name} ended")
        return data

    @property
    def position(self) -> Position:
        """A reason stands beside “ended” alone."""
        closing = self.cleaned_data["closing"]
        reason = self.cleaned_data["reason"] if closing == Closing.ENDED else ""
        return Position(closing, reason)


class ReopenPlanForm(PortalForm):
    """Why a closed plan is opened again."""

    reason = forms.CharField(
        label="Why is the plan opened again?",
        help_text="Kept in the plan’s history.",
        max_length=LONGEST_WHY,
    )
    submit_text = "Open the plan again"
    label_size = "s"
    required_text: ClassVar = {"reason": "Say why the plan is opened again"}


class CarryForm(PortalForm):
    """What becomes of each action that was carried forward, in the next plan."""

    submit_text = "Carry these forward"
    marks_optional = False

    def __init__(
        self,
        *args: Any,
        actions: Sequence[Action],
        priorities: Sequence[Priority],
        there: Sequence[Action],
        **kwargs: Any,
    ):
        self.actions = actions
        self.under = {f"under-{priority.pk}": priority for priority in priorities}
        self.there = {f"as-{action.pk}": action for action in there}
        choices: list[Any] = [("", "Not now")]
        if self.under:
            under = [(code, str(priority)) for code, priority in self.under.items()]
            choices.append(("Make it under", under))
        if self.there:
            as_action = [(code, str(action)) for code, action in self.there.items()]
            choices.append(("It is there already, as", as_action))
        self.base_fields = {
            f"action-{action.pk}": forms.ChoiceField(
                label=str(action), choices=choices, required=False
            )
            for action in actions
        }
        super().__init__(*args, **kwargs)
        for action in actions:
            self.initial[f"action-{action.pk}"] = self._proposed(action)

    def _proposed(self, action: Action) -> str:
        """The action of the same words, else the priority of the same title, if there is one."""
        for code, other in self.there.items():
            if other.title.casefold() == action.title.casefold():
                return code
        for code, priority in self.under.items():
            if priority.title.casefold() == action.priority.title.casefold():
                return code
        return ""

    @property
    def chosen(self) -> list[Carried]:
        codes = ((action, self.cleaned_data[f"action-{action.pk}"]) for action in self.actions)
        return [
            Carried(action, self.under.get(code), self.there.get(code))
            for action, code in codes
            if code
        ]
