"""A story under which a campaign must not suffer."""

DEADLY = '''
"""A story that kills its process, or hangs, or asks for too much memory, at some seeds."""

import os
import signal

from paytwice import Simulation


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.pay("wechat")
    match sim.choose("ends", 12):
        case 3:
            os.kill(os.getpid(), signal.SIGKILL)
        case 5:
            while True:
                pass
        case 7:
            b"x" * (1 << 42)
'''
