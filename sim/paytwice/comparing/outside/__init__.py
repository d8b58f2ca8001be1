"""Two merchants in one world: what customers, channels, shop and desk see of each, and where it differs."""

from paytwice.comparing.outside.comparison import Comparison as Comparison
from paytwice.comparing.outside.comparison import Difference as Difference
from paytwice.comparing.outside.comparison import compare_runs as compare_runs
from paytwice.comparing.outside.facts import Kind as Kind
from paytwice.comparing.outside.playing import compare as compare
from paytwice.comparing.outside.saying import how_they_end as how_they_end
