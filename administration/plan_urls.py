"""Pages on which a plan is made and kept: its priorities, actions, leads, headings and figures."""

from django.urls import path

from priorities.models import Priority

from .views import actions, headings, leads, places, plan, priorities

AS_PRIORITY, AS_THEME = {"kind": Priority.Kind.PRIORITY}, {"kind": Priority.Kind.THEME}
PRIORITY, ACTION = {"of": leads.OF_PRIORITY}, {"of": leads.OF_ACTION}

urlpatterns = [
    path("plan/new/", plan.new_plan, name="new_plan"),
    path("plan/<int:pk>/edit/", plan.edit_plan, name="edit_plan"),
    path("plan/<int:pk>/details/", plan.plan_details, name="plan_details"),
    path("plan/<int:pk>/priorities/add/", priorities.new, AS_PRIORITY, name="new_priority"),
    path("plan/<int:pk>/themes/add/", priorities.new, AS_THEME, name="new_theme"),
    path("priorities/<int:pk>/edit/", priorities.edit_priority, name="edit_priority"),
    path("priorities/<int:pk>/move/", priorities.move, name="move_priority"),
    path("priorities/<int:pk>/withdraw/", priorities.withdraw, name="withdraw_priority"),
    path("priorities/<int:pk>/restore/", priorities.restore, name="restore_priority"),
    path("priorities/<int:pk>/actions/add/", actions.new_action, name="new_action"),
    path("actions/<int:pk>/edit/", actions.edit_action, name="edit_action"),
    path("actions/<int:pk>/move/", actions.move, name="move_action"),
    path("actions/<int:pk>/withdraw/", actions.withdraw, name="withdraw_action"),
    path("actions/<int:pk>/restore/", actions.restore, name="restore_action"),
    path("priorities/<int:pk>/leads/add/", leads.new, PRIORITY, name="new_priority_lead"),
    path("priority-leads/<int:pk>/", leads.edit, PRIORITY, name="priority_lead"),
    path("actions/<int:pk>/leads/add/", leads.new, ACTION, name="new_action_lead"),
    path("action-leads/<int:pk>/", leads.edit, ACTION, name="action_lead"),
    path("priorities/<int:pk>/headings/add/", headings.new, name="new_heading"),
    path("headings/<int:pk>/", headings.edit, name="heading"),
    path("headings/<int:pk>/move/", headings.move, name="move_heading"),
    path("headings/<int:pk>/remove/", headings.remove, name="remove_heading"),
    path("priorities/<int:pk>/figures/add/", places.new, name="new_place"),
    path("priority-figures/<int:pk>/move/", places.move, name="move_place"),
    path("priority-figures/<int:pk>/remove/", places.remove, name="remove_place"),
]
