"""The tables as pictures, so that a picture cannot disagree with the code."""

from paytwice_core.machine import AnyMachine


def mermaid(machine: AnyMachine) -> str:
    """Draw a machine as a Mermaid stateDiagram-v2: an arrow per pair of states, with the rows that take it.

    Rows that keep the state are left out; the order of lines follows the enum, so equal tables give equal
    text.
    """
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in machine.rows:
        if row.target is None:
            continue
        for source in row.sources or ("[*]",):
            ids = arrows.setdefault((source, row.target), [])
            if source != row.target and row.id not in ids:
                ids.append(row.id)
    places = ["[*]", *machine.states]
    lines = ["stateDiagram-v2"]
    for source, target in sorted(arrows, key=lambda arrow: (places.index(arrow[0]), places.index(arrow[1]))):
        if ids := arrows[source, target]:
            lines.append(f"    {source} --> {target}: {', '.join(ids)}")
    lines.extend(f"    {state} --> [*]" for state in machine.states if state in machine.final)
    return "\n".join(lines) + "\n"
