"""Pages of site administrators: the partnerships of the portal, and a new one."""

from django.urls import path

from .views import partnerships

app_name = "site"

urlpatterns = [
    path("", partnerships.partnerships, name="partnerships"),
    path("new/", partnerships.find, name="find"),
    path("new/details/", partnerships.new, name="new"),
    path("<slug:slug>/administrator/", partnerships.first, name="first"),
    path("<slug:slug>/administrator/again/", partnerships.again, name="again"),
    path("<slug:slug>/administrator/withdraw/", partnerships.withdraw, name="withdraw"),
]
