"""What happens in a round: every change that touches several rows, or must be recorded.

Each function is one transaction, or (save_held_answer) part of its caller's, and takes the time
as an argument. What it refuses it refuses with a `Refused`, whose text is fit for the person who
asked.
"""

from .answers import (
    Content,
    answer_in_one_click,
    save_answer,
    save_held_answer,
    submit_update,
    why_not_writable,
)
from .asking import (
    LETS_IN_FOR,
    Standing,
    ask_everybody,
    invite_to_write,
    notice_of,
    standing_of,
    use_link,
)
from .delegating import Guest, Handover, finish, give_sections, take_back
from .drafts import (
    TooLong,
    drop_drafts,
    keep_draft,
    live_drafts,
    remove_old_drafts,
    unsaved_sections,
)
from .figures import Figure
from .late import let_in_late, let_in_no_more
from .milestones import read_ticks
from .opening import note_opening
from .refusals import AnswerAccepted, Conflict, RecommendationsChanged, Refused, RoundClosed
from .reminding import Reminded, look_again_at_waiting, remind_now, send_again, send_reminders
from .restoring import restore_answer_text
from .review import accept_answers, return_answer, return_held_answer, take_in
from .rounds import (
    ask_for_action,
    close_round,
    make_rounds,
    open_round,
    reopen_round,
    sections_to_ask,
    write_recommendations,
)
from .sending import held
from .word_forms import (
    Chosen,
    empty_word_uploads,
    keep_form,
    keep_upload,
    new_key,
    take_in_word,
)

__all__ = [
    "LETS_IN_FOR",
    "AnswerAccepted",
    "Chosen",
    "Conflict",
    "Content",
    "Figure",
    "Guest",
    "Handover",
    "RecommendationsChanged",
    "Refused",
    "Reminded",
    "RoundClosed",
    "Standing",
    "TooLong",
    "accept_answers",
    "answer_in_one_click",
    "ask_everybody",
    "ask_for_action",
    "close_round",
    "drop_drafts",
    "empty_word_uploads",
    "finish",
    "give_sections",
    "held",
    "invite_to_write",
    "keep_draft",
    "keep_form",
    "keep_upload",
    "let_in_late",
    "let_in_no_more",
    "live_drafts",
    "look_again_at_waiting",
    "make_rounds",
    "new_key",
    "note_opening",
    "notice_of",
    "open_round",
    "read_ticks",
    "remind_now",
    "remove_old_drafts",
    "reopen_round",
    "restore_answer_text",
    "return_answer",
    "return_held_answer",
    "save_answer",
    "save_held_answer",
    "sections_to_ask",
    "send_again",
    "send_reminders",
    "standing_of",
    "submit_update",
    "take_back",
    "take_in",
    "take_in_word",
    "unsaved_sections",
    "use_link",
    "why_not_writable",
    "write_recommendations",
]
