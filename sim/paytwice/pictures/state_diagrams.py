"""The machines of the core, by name, and as Mermaid draws them: the tables are read, never copied."""

from __future__ import annotations

import json
from typing import Final

from paytwice.arguments import one_of
from paytwice_core.diagram import mermaid
from paytwice_core.machine import MACHINES, AnyMachine

TITLE: Final = "The machine of the {name}"


def machine_named(name: str) -> AnyMachine:
    """One of the core's machines; ValueError where there is none of that name."""
    known = {machine.name: machine for machine in MACHINES}
    return known[one_of("machine", name, known)]


def state_diagram(name: str, title: str = "") -> str:
    """A machine as the text of a Mermaid stateDiagram-v2; ValueError where there is none of that name."""
    machine = machine_named(name)
    head = json.dumps(title or TITLE.format(name=name), ensure_ascii=False)
    return f"---\ntitle: {head}\n---\n{mermaid(machine)}"
