"""The audit: what a base says and does, checked, proved and tried."""

from .auditing import GROUPS, REFUSED, audit, audited, subject_of
from .report import AuditReport

__all__ = ["GROUPS", "REFUSED", "AuditReport", "audit", "audited", "subject_of"]
