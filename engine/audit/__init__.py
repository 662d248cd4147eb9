"""The audit: what a base says and does, checked, proved and tried."""

from .auditing import GROUPS, REFUSED, audit, subject_of
from .report import AuditReport

__all__ = ["GROUPS", "REFUSED", "AuditReport", "audit", "subject_of"]
