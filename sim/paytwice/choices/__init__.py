"""The one source of every decision that is not the program's own, recorded and replayed by name.

Each choice has a calm value: the message is not lost, the process does not crash, first come is first served.
A run is its story plus its deviations from calm, and a deviation has a name that means something:
`wechat→merchant payment.notify P1-1 #2: delayed 3m1s`. The name is place + business key + #n, where n counts
within that name only, so that dropping one deviation does not make another hit a different message.

A draw is counter-based: a mix of the seed, a hash of the name, and n. It therefore depends on nothing that
happened elsewhere in the run, nor on the process, the hash seed or the Python version.
"""

from paytwice.choices.bits import Bits as Bits
from paytwice.choices.choices import Choices as Choices
from paytwice.choices.deviation import AFTER as AFTER
from paytwice.choices.deviation import BATCH as BATCH
from paytwice.choices.deviation import CHOOSE as CHOOSE
from paytwice.choices.deviation import COUPON as COUPON
from paytwice.choices.deviation import LAST as LAST
from paytwice.choices.deviation import SETTING as SETTING
from paytwice.choices.deviation import Deviation as Deviation
from paytwice.choices.deviation import Row as Row
from paytwice.choices.deviation import Value as Value
from paytwice.choices.fitting import Fits as Fits
from paytwice.choices.fitting import is_from as is_from
from paytwice.choices.fitting import is_time as is_time
from paytwice.choices.fitting import reads as reads
from paytwice.choices.line import Contender as Contender
from paytwice.choices.line import Schedule as Schedule
from paytwice.choices.mutated import Mutated as Mutated
from paytwice.choices.schedules import SCHEDULES as SCHEDULES
from paytwice.choices.schedules import UNIFORM as UNIFORM
from paytwice.choices.sources import Sample as Sample
from paytwice.choices.sources import Scripted as Scripted
from paytwice.choices.sources import Seeded as Seeded
from paytwice.choices.sources import Source as Source
from paytwice.choices.systematic import Systematic as Systematic
