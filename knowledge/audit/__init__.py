"""What an audit can tell without reasoning: anomalies of the rules, provenance, words, and the lock."""

from .anomalies import ANOMALIES
from .lock import LOCK
from .provenance import PROVENANCE
from .words import WORDS

GROUPS = (ANOMALIES, PROVENANCE, WORDS, LOCK)

__all__ = ["GROUPS"]
