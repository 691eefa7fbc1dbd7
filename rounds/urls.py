"""Pages of a partnership: home, its rounds, updates and answers, and the plan they speak of."""

from django.urls import path

from .views import (
    answers,
    board,
    changes,
    drafts,
    giving,
    home,
    late,
    meetings,
    plan,
    publication,
    record,
    reminders,
    rounds,
    updates,
    word,
)

app_name = "rounds"

# Which text of which row of history.
FORMER = "<slug:key>/<int:row>/<slug:field>/"

urlpatterns = [
    path("", home.home, name="home"),
    path("plan/", plan.plans, name="plans"),
    path("plan/<int:pk>/", plan.plan, name="plan"),
    path("actions/<int:pk>/", plan.action, name="action"),
    path("actions/<int:pk>/publication/", publication.title_publication, name="title_publication"),
    path("rounds/", rounds.rounds, name="rounds"),
    path("rounds/make/", rounds.make, name="make"),
    path("rounds/<int:pk>/", board.board, name="board"),
    path("rounds/<int:pk>/accept/", board.accept, name="accept"),
    path("rounds/<int:pk>/ask/", board.ask, name="ask"),
    path("rounds/<int:pk>/dates/", rounds.dates, name="dates"),
    path("rounds/<int:pk>/open/", rounds.open_, name="open"),
    path("rounds/<int:pk>/message/", rounds.message, name="message"),
    path("rounds/<int:pk>/remind/", reminders.remind, name="remind"),
    path("rounds/<int:pk>/send-again/", reminders.send_again, name="send_again"),
    path("rounds/<int:pk>/close/", rounds.close, name="close"),
    path("rounds/<int:pk>/reopen/", rounds.reopen, name="reopen"),
    path("rounds/<int:pk>/record/", record.round_record, name="round_record"),
    path("rounds/<int:pk>/return-rates/", record.rates, name="rates"),
    path("rounds/<int:pk>/drafts/", board.drafts, name="drafts"),
    path("rounds/<int:pk>/recommendations/", rounds.recommendations, name="recommendations"),
    path(
        "rounds/<int:pk>/recommendations/publication/",
        publication.recommendations_publication,
        name="recommendations_publication",
    ),
    path("rounds/<int:pk>/meeting/", meetings.meeting, name="meeting"),
    path("rounds/<int:pk>/meeting/sheet/", meetings.sheet, name="meeting_sheet"),
    path("rounds/<int:pk>/meeting/details/", meetings.details, name="meeting_details"),
    path("rounds/<int:pk>/meeting/add/", meetings.add, name="meeting_add"),
    path("meeting/<int:pk>/", meetings.item, name="meeting_item"),
    path("meeting/<int:pk>/remove/", meetings.remove, name="meeting_remove"),
    path("updates/<int:pk>/", updates.update, name="update"),
    path("updates/<int:pk>/give/", giving.give, name="give"),
    path("given/<int:pk>/take-back/", giving.take_back, name="take_back"),
    path("updates/<int:pk>/submit/", updates.submit, name="submit"),
    path("updates/<int:pk>/sent/", updates.sent, name="sent"),
    path("updates/<int:pk>/word/", word.word, name="word"),
    path("updates/<int:pk>/word/form/", word.word_form, name="word_form"),
    path("word/<int:pk>/", word.word_upload, name="word_upload"),
    path("answers/<int:pk>/", answers.answer, name="answer"),
    path("answers/<int:pk>/draft/", drafts.keep, name="draft"),
    path("answers/<int:pk>/draft/throw-away/", drafts.throw_away, name="throw_away"),
    path("answers/<int:pk>/quick/", answers.quick, name="quick"),
    path("answers/<int:pk>/finish/", giving.finish, name="finish"),
    path("answers/<int:pk>/resolve/", answers.resolve, name="resolve"),
    path("answers/<int:pk>/read/", board.read, name="read"),
    path("answers/<int:pk>/record/", record.section_record, name="section_record"),
    path("answers/<int:pk>/let-in/", late.let_in, name="let_in"),
    path("answers/<int:pk>/let-in/take-back/", late.let_in_no_more, name="let_in_no_more"),
    path("answers/<int:pk>/return/", board.return_, name="return"),
    path(
        "answers/<int:pk>/publication/", publication.answer_publication, name="answer_publication"
    ),
    path("answers/<int:pk>/take-in/", board.take_in, name="take_in"),
    path("plan/<int:pk>/changes/", changes.plan_changes, name="plan_changes"),
    path(
        f"plan/<int:pk>/changes/{FORMER}",
        changes.plan_former,
        name="plan_changes_former",
    ),
    path("priorities/<int:pk>/changes/", changes.priority_changes, name="priority_changes"),
    path(
        f"priorities/<int:pk>/changes/{FORMER}",
        changes.priority_former,
        name="priority_changes_former",
    ),
    path("actions/<int:pk>/changes/", changes.action_changes, name="action_changes"),
    path(
        f"actions/<int:pk>/changes/{FORMER}",
        changes.action_former,
        name="action_changes_former",
    ),
    path("answers/<int:pk>/changes/", changes.answer_changes, name="answer_changes"),
    path(
        f"answers/<int:pk>/changes/{FORMER}",
        changes.answer_former,
        name="answer_changes_former",
    ),
]
