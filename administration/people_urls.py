"""The pages on which a partnership's people are kept."""

from django.urls import path

from .views import people

urlpatterns = [
    path("administration/people/", people.people, name="people"),
    path("administration/people/invite/", people.invite_person, name="invite"),
    path("administration/people/<int:pk>/", people.person, name="person"),
    path("administration/people/<int:pk>/add/", people.add, name="add_post"),
    path("administration/people/<int:pk>/name/", people.name, name="change_name"),
    path("administration/people/<int:pk>/address/", people.address, name="change_address"),
    path("administration/people/<int:pk>/changes/", people.changes, name="person_changes"),
    path("administration/posts/<int:pk>/", people.change, name="change_post"),
    path("administration/posts/<int:pk>/end/", people.end, name="end_post"),
    path("administration/posts/<int:pk>/invite/", people.again, name="invite_again"),
]
