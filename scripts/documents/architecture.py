"""docs/architecture.svg: the parts of the product on their floors, and which imports which, made from the imports."""

from __future__ import annotations

from html import escape

from scripts.imports import imports, part_of

PRODUCT, EMBEDDED, FACTS = "cluster_provision", "embedded_cloud", "cloud_facts"

# From the top down. What stands in the package by itself and isn't named here is the ground.
FLOORS = (
    ("cli",),
    ("actions",),
    ("provisioners",),
    ("run",),
    ("targets", "report_page"),
    ("orchestrators", "health"),
    ("stage", "readiness", "checks"),
    ("terraform", "state"),
    ("clouds", "fleet", "connection", "slurm"),
    ("settings", "result"),
)
GROUND = "the ground"
BESIDE = ("rehearsal", EMBEDDED)
BELOW = FACTS

WIDTH, HEIGHT, GAP, ROW, LEFT = 150, 34, 26, 74, 40
FONT = 'font-family="sans-serif" font-size="13"'


def architecture_svg() -> str:
    """The picture. An arrow that follows from others is left out."""
    places = _places()
    arrows = _reduced(_arrows())
    rows = len(FLOORS) + 2
    width = LEFT * 2 + 3 * WIDTH + 2 * GAP + 220
    height = rows * ROW + 20
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {FONT}>',
        '<defs><marker id="a" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 L10 5 L0 10 z" fill="#667"/></marker></defs>',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for source, target in sorted(arrows):
        (x1, y1), (x2, y2) = places[source], places[target]
        sideways = y1 == y2
        start = (x1 + WIDTH / 2, y1) if sideways else (x1, y1 + HEIGHT / 2)
        end = (x2 - WIDTH / 2, y2) if sideways else (x2, y2 - HEIGHT / 2)
        lines.append(
            f'<line x1="{start[0]:g}" y1="{start[1]:g}" x2="{end[0]:g}" y2="{end[1]:g}" stroke="#99a" '
            'marker-end="url(#a)"/>'
        )
    for name, (x, y) in places.items():
        fill = {EMBEDDED: "#fde8d0", BELOW: "#dff0dd", "rehearsal": "#fde8d0"}.get(name, "#e4ecf7")
        lines += [
            f'<rect x="{x - WIDTH / 2:g}" y="{y - HEIGHT / 2:g}" width="{WIDTH}" height="{HEIGHT}" rx="6" '
            f'fill="{fill}" stroke="#557"/>',
            f'<text x="{x:g}" y="{y + 5:g}" text-anchor="middle">{escape(name)}</text>',
        ]
    return "\n".join([*lines, "</svg>"]) + "\n"


def _places() -> dict[str, tuple[float, float]]:
    """The middle of each part's box."""
    middle = LEFT + 1.5 * WIDTH + GAP
    found: dict[str, tuple[float, float]] = {}
    for row, parts in enumerate((*FLOORS, (GROUND,))):
        for column, part in enumerate(parts):
            found[part] = (middle + (column - (len(parts) - 1) / 2) * (WIDTH + GAP), 30 + row * ROW)
    beside = middle + 2 * (WIDTH + GAP) + 10
    found["rehearsal"] = (beside, 30 + ROW)
    found[EMBEDDED] = (beside, 30 + 3 * ROW)
    found[BELOW] = (middle + WIDTH + GAP, 30 + (len(FLOORS) + 1) * ROW)
    return found


def _arrows() -> set[tuple[str, str]]:
    return {
        (_box(name), _box(imported))
        for name, every in imports(PRODUCT, EMBEDDED, FACTS).items()
        for imported in every
        if _box(name) != _box(imported)
    }


def _box(module: str) -> str:
    package = module.split(".", maxsplit=1)[0]
    if package != PRODUCT:
        return package
    part = part_of(module)
    return part if part == "rehearsal" or any(part in floor for floor in FLOORS) else GROUND


def _reduced(arrows: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The arrows that don't follow from others."""
    return {(a, c) for a, c in arrows if not any(_leads(arrows, b, c) for x, b in arrows if x == a and b != c)}


def _leads(arrows: set[tuple[str, str]], start: str, end: str) -> bool:
    seen, found = set[str](), [start]
    while found:
        at = found.pop()
        if at == end:
            return True
        if at not in seen:
            seen.add(at)
            found += [b for a, b in arrows if a == at]
    return False
