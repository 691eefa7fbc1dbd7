"""When a section says enough to be sent: one rule for the form, the task list and the sending."""

from actions.models import Progress

from .models import Answer, Rag


def missing_parts(answer: Answer) -> dict[str, str]:
    """What a section still needs, by the name of its field: an instruction each."""
    if answer.response == Answer.Response.NONE:
        return {"response": "Choose how you are answering"}
    missing = {}
    written = answer.response == Answer.Response.WRITTEN
    if written and not answer.text and not answer.is_figures:
        missing["text"] = "Write the update, or choose another kind of answer"
    if answer.is_action:
        if written and not answer.progress:
            missing["progress"] = "Choose how far the action has got"
        if answer.progress == Progress.WITHDRAWN and not answer.action.is_withdrawn:
            missing["progress"] = (
                "Choose how far the action has got: that it is withdrawn is decided in the plan"
            )
        if written and not answer.rag:
            missing["rag"] = "Choose how the action is going"
        if answer.rag in (Rag.RED, Rag.AMBER):
            colour = answer.get_rag_display().lower()
            if not answer.rag_reason:
                missing["rag_reason"] = f"Say why the action is {colour}"
            if not answer.way_back:
                missing["way_back"] = "Say how it gets back to green, or what would help"
        if answer.new_due_on and not answer.date_reason:
            missing["date_reason"] = "Say why the date has changed"
    return missing
