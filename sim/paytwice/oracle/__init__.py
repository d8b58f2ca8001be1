"""The judge: promises, and the facts they are checked against."""

from paytwice.oracle.facts import Rules as Rules
from paytwice.oracle.invariants import INVARIANTS as INVARIANTS
from paytwice.oracle.invariants import Invariant as Invariant
from paytwice.oracle.money import recount as recount
from paytwice.oracle.oracle import Oracle as Oracle
from paytwice.oracle.scene import Billed as Billed
from paytwice.oracle.verdict import Conclusion as Conclusion
from paytwice.oracle.verdict import Doubt as Doubt
from paytwice.oracle.verdict import Verdict as Verdict
from paytwice.oracle.verdict import Violation as Violation
