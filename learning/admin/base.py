"""Who may do what in the admin: one answer, asked by every view of it.

Closed by default. A page is for superusers, for staff, or for instructors within their own courses; Django's model
permissions are never asked. The queryset hides (list, change, delete, history, autocomplete, actions, search), the
permission refuses, and every choice of a form comes from the queryset of the page it points at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import ModelChoiceField
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.forms import PaginationInlineFormSet

from learning.models import Course
from learning.policies import Declared
from learning.services.audit import record, record_each

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite
    from django.http import HttpRequest

    from learning.models import User


def person(request: HttpRequest) -> User:
    """Who asks. Nobody comes past the site's door without being signed in (config.admin_site)."""
    return cast("User", request.user)


def own(rows: QuerySet, path: str, user: User) -> QuerySet:
    """Of these rows, those of courses that this person may change. `path` leads from a row to its course."""
    if user.is_staff_member:
        return rows
    return rows.filter(**{f"{path}__in": Course.objects.managed_by(user).order_by().values("pk")})


def choices_of(site: AdminSite, model: type[Model], request: HttpRequest) -> QuerySet:
    """What this person may point at from a form: what they see on that model's own page, else nothing."""
    try:
        page = site.get_model_admin(model)
    except NotRegistered:
        page = None
    if isinstance(page, GuardedAdmin):
        return page.choices(request)
    rows = model._default_manager.all()
    return rows if request.user.is_superuser else rows.none()


class OwnChoices:
    """Foreign keys and many-to-many fields offer and accept own rows only, on the page and in a hand-made POST."""

    admin_site: AdminSite

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> QuerySet:
        return choices_of(self.admin_site, db_field.remote_field.model, request)


class GuardedAdmin(OwnChoices, ModelAdmin):
    """Closed to everybody until a subclass says to whom it is open, and which of its rows are in their reach."""

    can_add: ClassVar[bool] = True
    can_change: ClassVar[bool] = True
    can_delete: ClassVar[bool] = True
    warn_unsaved_form = True
    short_texts: ClassVar[tuple[str, ...]] = ()
    # Fields that decide about rights or amounts: a change of one is written into the audit log, with both values.
    audited: ClassVar[tuple[str, ...]] = ()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """An action is one act: what it does, and what is written down about it, is done whole or not at all."""
        if request.method != "POST":
            return super().changelist_view(request, extra_context)
        with transaction.atomic():
            return super().changelist_view(request, extra_context)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        names = [name for name in form.changed_data if name in self.audited]
        if not names:
            return
        record(
            f"{self.model._meta.model_name}.{'changed' if change else 'added'}",
            form.instance,
            by=person(request),
            at=timezone.now(),
            before={name: _plain(form.initial.get(name)) for name in names} if change else {},
            after={name: _plain(form.cleaned_data.get(name)) for name in names},
        )

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        if self.audited:
            action = f"{self.model._meta.model_name}.deleted"
            record_each(action, queryset, by=person(request), at=timezone.now())
        return super().log_deletions(request, queryset)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name in self.short_texts:
            field.widget.attrs["rows"] = 4
        return field

    def is_open_to(self, user: User) -> bool:
        return False

    def reach(self, rows: QuerySet, user: User) -> QuerySet:
        """The rows that this person may see here, given that the page is open to them."""
        return rows

    def reaches(self, request: HttpRequest, obj: Any) -> bool:
        """Whether this object is in the person's reach. Unfold asks with an id where Django asks with the object.

        A page that is only read asks some twenty times over; it is told what it was told before.
        """
        pk = getattr(obj, "pk", obj)
        if request.method not in {"GET", "HEAD"}:
            return self._looks_up(request, pk)
        known: dict[tuple[str, Any], bool] = request.__dict__.setdefault("_cairn_reach", {})
        asked = (self.model._meta.label, pk)
        if asked not in known:
            known[asked] = self._looks_up(request, pk)
        return known[asked]

    def _looks_up(self, request: HttpRequest, pk: Any) -> bool:
        return self.reach(self.model._default_manager.all(), person(request)).filter(pk=pk).exists()

    def choices(self, request: HttpRequest) -> QuerySet:
        return self.get_queryset(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        return self.reach(rows, person(request)) if self.is_open_to(person(request)) else rows.none()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.is_open_to(person(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.is_open_to(person(request)) and (obj is None or self.reaches(request, obj))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.can_add and self.is_open_to(person(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.can_change and self.has_view_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.can_delete and self.has_view_permission(request, obj)


def _plain(value: Any) -> Any:
    """As the audit log keeps it: rows by their ids, the rest as it is."""
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, QuerySet | list | tuple | set):
        return sorted(_plain(one) for one in value)
    return value if isinstance(value, bool | int | float | None) else str(value)


class OwnCoursesAdmin(GuardedAdmin):
    """Open to instructors for the rows of their courses, and to staff for all."""

    policies: Declared = "admin.own_courses"
    course_path: ClassVar[str]

    def is_open_to(self, user: User) -> bool:
        return user.may_author

    def reach(self, rows: QuerySet, user: User) -> QuerySet:
        return own(rows, self.course_path, user)

    def kept(self, rows: QuerySet) -> list[str]:
        """Why these rows can't be deleted, in sentences; empty when they can."""
        return []

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, set[str], list[str]]:
        """Facts about learners are never deleted with the page they happened on: the page is kept, and says why."""
        if reasons := self.kept(self.model._default_manager.filter(pk__in=[o.pk for o in objs])):
            return [], {}, set(), reasons
        return super().get_deleted_objects(objs, request)


class StaffAdmin(GuardedAdmin):
    """For staff. Instructors do not know that it exists."""

    policies: Declared = "admin.staff"

    def is_open_to(self, user: User) -> bool:
        return user.is_active and user.is_staff and user.is_staff_member


class SuperuserAdmin(GuardedAdmin):
    """For superusers."""

    policies: Declared = "admin.superuser"

    def is_open_to(self, user: User) -> bool:
        return user.is_active and user.is_staff and user.is_superuser


class OwnRowsFormSet(PaginationInlineFormSet):
    """Refuses the id of a row that is not of this page's object, in the words for an id that does not exist."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        key = form.fields.get(self.model._meta.pk.name)
        if isinstance(key, ModelChoiceField):
            key.queryset = self.queryset


class OwnInline(OwnChoices):
    """Rows inside a page: whoever may change the page may change them, and nobody else sees them."""

    policies: Declared = "admin.own_courses"
    formset = OwnRowsFormSet
    can_add: ClassVar[bool] = True
    parent_model: type[Model]
    ordering_field: str | None

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A row without a place comes last (learning.admin.order)."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field and db_field.name == self.ordering_field:
            field.required = False
        return field

    def _page(self) -> ModelAdmin:
        return self.admin_site.get_model_admin(self.parent_model)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._page().has_view_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._page().has_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.can_add and self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


class OwnRelatedFilter(admin.RelatedFieldListFilter):
    """A filter by course or module that names own ones only."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        rows = choices_of(model_admin.admin_site, field.remote_field.model, request)
        return [(row.pk, str(row)) for row in rows]


class ReadOnly:
    """Facts: to be read, not written."""

    can_add: ClassVar[bool] = False
    can_change: ClassVar[bool] = False
    can_delete: ClassVar[bool] = False
