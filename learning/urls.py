from django.http import HttpRequest, HttpResponse
from django.urls import path


def placeholder(request: HttpRequest, **names: str) -> HttpResponse:
    return HttpResponse("A page.")


app_name = "learning"
urlpatterns = [
    path("courses/<slug:slug>/", placeholder, name="course"),
    path("courses/<slug:course>/lessons/<slug:slug>/", placeholder, name="lesson"),
    path("courses/<slug:course>/lessons/<slug:lesson>/<slug:slug>/", placeholder, name="sub_page"),
]
