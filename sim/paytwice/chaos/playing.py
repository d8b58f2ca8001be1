"""`python -m paytwice.chaos.playing`: a process that plays chunks which come in on stdin, for `apart.py`.

It ends when there is nobody any more who could send some, however that ended, and when it was idle for long.
"""

from __future__ import annotations

import os
import pickle
import signal
from queue import Empty, SimpleQueue
from threading import Thread
from typing import BinaryIO, Final

from paytwice.chaos.result import Result
from paytwice.chaos.worker import Chunk, play_chunk
from paytwice.errors import PaytwiceError
from paytwice.wording import one_line

IDLE: Final = 60.0  # seconds; whoever asks later starts another
Answer = list[Result] | str  # a text where nothing could be played


def main() -> None:
    """Play until nobody asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the campaign, which ends this process
    asked, answers = _pipes()
    chunks: SimpleQueue[Chunk] = SimpleQueue()
    Thread(target=_listen, args=(asked, chunks), daemon=True, name="ends with who asks").start()
    while True:
        try:
            chunk = chunks.get(timeout=IDLE)
        except Empty:
            return
        pickle.dump(_answer(chunk), answers)
        answers.flush()


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """Where chunks come in and answers go out; what a story reads and prints has nothing to do with them."""
    asked, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    return asked, answers


def _listen(asked: BinaryIO, chunks: SimpleQueue[Chunk]) -> None:
    try:
        while True:
            chunks.put(pickle.load(asked))
    finally:
        os._exit(1)


def _answer(chunk: Chunk) -> Answer:
    try:
        return play_chunk(chunk)
    except (PaytwiceError, ValueError) as error:
        return one_line(error)


if __name__ == "__main__":
    main()
