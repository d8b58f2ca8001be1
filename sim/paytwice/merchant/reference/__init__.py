"""The reference merchant: does it right, over the core and a transactional store.

Lock the order, read it again, decide with the core, commit the order with what must follow, and only then
ack. What must follow is a job in the same store, done at least once by workers that sleep until the next
one is due.
"""

from paytwice.merchant.reference.merchant import ReferenceMerchant as ReferenceMerchant
