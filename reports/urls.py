"""Pages of the reports; a draft report has the number of its round."""

from django.urls import path

from . import (
    issuing_views,
    record_views,
    releasing_views,
    remarks_views,
    tables_views,
    views,
    withdrawing_views,
)

app_name = "reports"

urlpatterns = [
    path("reports/", views.reports, name="reports"),
    path("reports/<int:pk>/", views.report, name="report"),
    path("reports/<int:pk>/public/", views.public, name="public"),
    path("reports/<int:pk>/report.<slug:extension>", views.report_file, name="report_file"),
    path("reports/<int:pk>/check/", remarks_views.remarks, name="remarks"),
    path("reports/<int:pk>/check/links/", remarks_views.try_them, name="try_links"),
    path("reports/<int:pk>/tables.xlsx", tables_views.workbook, name="workbook"),
    path("reports/<int:pk>/actions.csv", tables_views.actions, name="actions_table"),
    path("reports/<int:pk>/figures.csv", tables_views.figures, name="figures_table"),
    path("rounds/<int:pk>/record.xlsx", record_views.record_xlsx, name="record_xlsx"),
    path("rounds/<int:pk>/record.csv", record_views.record_csv, name="record_csv"),
    path("rounds/<int:pk>/return-rates.xlsx", record_views.rates_xlsx, name="rates_xlsx"),
    path("rounds/<int:pk>/return-rates.csv", record_views.rates_csv, name="rates_csv"),
    path("reports/<int:pk>/issue/", issuing_views.issue, name="issue"),
    path("reports/issued/<int:pk>/", issuing_views.issued, name="issued"),
    path("reports/issued/<int:pk>/release/", releasing_views.release, name="release"),
    path("reports/issued/<int:pk>/withdraw/", withdrawing_views.withdraw, name="withdraw"),
    path("reports/issued/files/<int:pk>/", issuing_views.issued_file, name="issued_file"),
    path("updates/<int:pk>/check/", views.check, name="check"),
]
