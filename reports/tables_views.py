"""The actions and figures of a report, taken away as tables."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partnerships.access import in_partnership
from partnerships.permissions import Permission
from rounds.models import Round

from .content import build_report
from .downloads import CSV, XLSX, download
from .formats import file_name
from .renderers.tables import as_csv, as_xlsx
from .tables import actions_sheet, figures_sheet


@require_safe
@never_cache
@in_partnership
def workbook(request, access, pk):
    """Both tables as an Excel file."""
    round, report = _report(access, pk)
    file = as_xlsx(
        [actions_sheet(report, round), figures_sheet(report, round)],
        title=f"{report.state} {report.round}".strip(),
        author=report.partnership,
        marking=" ".join(filter(None, [report.state, report.marking])),
    )
    return download(file, XLSX, file_name(access.partnership.slug, round.slug, report, "xlsx"))


@require_safe
@never_cache
@in_partnership
def actions(request, access, pk):
    """One line an action, as CSV."""
    round, report = _report(access, pk)
    name = file_name(access.partnership.slug, f"{round.slug}-actions", report, "csv")
    return download(as_csv(actions_sheet(report, round)), CSV, name)


@require_safe
@never_cache
@in_partnership
def figures(request, access, pk):
    """One line an indicator of a priority, as CSV."""
    round, report = _report(access, pk)
    name = file_name(access.partnership.slug, f"{round.slug}-figures", report, "csv")
    return download(as_csv(figures_sheet(report, round)), CSV, name)


def _report(access, pk):
    """Whoever may read the report as it stands may take it away."""
    access.require(Permission.RUN_ROUNDS)
    rounds = Round.objects.visible_to(access).select_related("plan", "partnership")
    round = get_object_or_404(rounds.exclude(state=Round.State.PLANNED), pk=pk)
    return round, build_report(round, now=timezone.now())
