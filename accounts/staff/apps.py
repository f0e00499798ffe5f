from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """Django's administration, behind the gate."""

    default_site = "accounts.staff.site.StaffSite"
