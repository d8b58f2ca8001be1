"""What-if studies: a story under every combination of some settings, with many seeds each, as tidy rows.

from paytwice.sweep import sweep

found = sweep("late_wechat_after_alipay", {"patience": ["10s", "40s"], "hangs": ["1m", "1h"]}, seeds=50)
found.cells[0].refund_ms.median
"""

from __future__ import annotations

from paytwice.sweep.cells import Cell as Cell
from paytwice.sweep.study import Sweep as Sweep
from paytwice.sweep.study import SweepError as SweepError
from paytwice.sweep.study import kept as kept
from paytwice.sweep.study import sweep as sweep
