"""Pages on which organisations and groups are kept."""

from django.urls import path

from .bodies import GROUPS, ORGANISATIONS
from .views import bodies, partnerships


def pages_of(kind):
    where, of = f"administration/{kind.many}/", {"of": kind}
    return [
        path(where, bodies.bodies, of, name=kind.many),
        path(f"{where}add/", bodies.add, of, name=f"{kind.one}_add"),
        path(f"{where}<int:pk>/", bodies.body, of, name=kind.one),
        path(f"{where}<int:pk>/change/", bodies.change, of, name=f"{kind.one}_change"),
        path(f"{where}<int:pk>/rename/", bodies.rename, of, name=f"{kind.one}_rename"),
        path(f"{where}<int:pk>/end/", bodies.end, of, name=f"{kind.one}_end"),
        path(f"{where}<int:pk>/merge/", bodies.merge, of, name=f"{kind.one}_merge"),
    ]


urlpatterns = [
    path(
        "administration/organisations/proposed/",
        partnerships.proposed_organisations,
        name="organisations_proposed",
    ),
    *pages_of(ORGANISATIONS),
    *pages_of(GROUPS),
]
