"""A layered drawing: boxes in columns so that arrows lead from left to right, in numbers that a template makes SVG of.

The usual way to draw such graphs (Sugiyama, Tagawa, Toda 1981), as small as ours need it: layers by the longest path,
long arrows bent at each layer they cross, order by the middle of the neighbours, places as near to them as the order
allows. Boxes that are aside, such as cases and pallets, stand below all others. Upright, layers are rows from top to
bottom, for narrow screens.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

_SWEEPS: Final = 8  # after these, order and places of a hundred boxes no longer change to the eye


_Turn: TypeAlias = Callable[[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Size:
    """What a drawing is made with, in pixels: boxes, the room between layers and between neighbours."""

    width: int
    height: int
    between: int
    beside: int
    upright: bool = False


LYING = Size(width=166, height=54, between=82, beside=20)
UPRIGHT = Size(width=150, height=54, between=44, beside=12, upright=True)
_ROUND = 22  # across a process, beside or above the two lines that name it
_WORDS = {False: 36, True: 150}
_BEND = 10  # across the place where a long arrow passes a layer
_EDGE = 14
_BOW = 56  # how far an arrow within a column goes around, and beside it half of its words
_BESIDE = 30
_APART = 36  # between boxes and those aside, and between what is aside and what holds it


@dataclass(frozen=True)
class Box:
    """Something to draw; `round` is a process, `aside` stands below."""

    key: str
    round: bool = False
    aside: bool = False


@dataclass(frozen=True)
class Placed:
    """Where a box goes: its upper left corner and its size."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Drawing:
    """All places: of boxes by key, of arrows by their ends a path and the middle of its last part."""

    width: int
    height: int
    boxes: Mapping[str, Placed]
    arrows: Mapping[tuple[str, str], tuple[str, float, float]]


def draw(boxes: Sequence[Box], arrows: Iterable[tuple[str, str]], size: Size) -> Drawing:
    """Place boxes and the arrows between them."""
    by_key = {box.key: box for box in boxes}
    ends = list(dict.fromkeys(arrow for arrow in arrows if arrow[0] != arrow[1]))
    layer, depth = _layers(by_key, ends)
    chains = {arrow: _chain(arrow, layer) for arrow in ends}
    rows: list[list[str]] = [[] for _ in range(max(layer.values(), default=0) + 1)]
    for key, at in layer.items():
        rows[at].append(key)
    near = defaultdict[str, list[str]](list)
    for chain in chains.values():
        for one, other in pairwise(chain):
            near[one].append(other)
            near[other].append(one)
    _order(rows, near, by_key, depth)
    across = _across(rows, near, by_key, size)
    return _measured(by_key, chains, layer, across, size)


def _layers(
    boxes: Mapping[str, Box], arrows: Sequence[tuple[str, str]]
) -> tuple[dict[str, int], dict[str, int]]:
    """Give each box its layer, right before the first that it leads to, and if aside how deep in its layer it is.

    What leads nowhere is right behind the last that leads to it.
    """
    onward = defaultdict[str, list[str]](list)
    for inner, outer in arrows:
        onward[inner].append(outer)
    order, kept = _unrolled(list(boxes), onward)
    layer, depth = dict.fromkeys(boxes, 0), dict.fromkeys(boxes, 0)
    for inner in order:
        for outer in kept[inner]:
            step = 0 if boxes[inner].aside and boxes[outer].aside else 1
            layer[outer] = max(layer[outer], layer[inner] + step)
            depth[outer] = max(depth[outer], depth[inner] + 1 - step)
    for inner in reversed(order):
        if kept[inner] and not boxes[inner].aside:
            layer[inner] = min(layer[outer] for outer in kept[inner]) - 1
    return layer, depth


def _unrolled(
    keys: Sequence[str], onward: Mapping[str, Sequence[str]]
) -> tuple[list[str], dict[str, list[str]]]:
    """Order boxes so that arrows lead forward, without those that close a circle."""
    kept: dict[str, list[str]] = {key: [] for key in keys}
    done: dict[str, bool] = {}  # False while we are inside it
    order: list[str] = []
    for start in keys:
        path = [(start, iter(onward.get(start, ())))] if start not in done else []
        done.setdefault(start, False)
        while path:
            inner, outers = path[-1]
            outer = next(outers, None)
            if outer is None:
                path.pop()
                done[inner] = True
                order.append(inner)
            elif done.get(outer) is not False:
                kept[inner].append(outer)
                if outer not in done:
                    done[outer] = False
                    path.append((outer, iter(onward.get(outer, ()))))
    return order[::-1], kept


def _chain(arrow: tuple[str, str], layer: dict[str, int]) -> list[str]:
    """List an arrow's ends and between them its bends, one for each layer that it crosses."""
    inner, outer = arrow
    step = 1 if layer[outer] >= layer[inner] else -1
    bends = []
    for at in range(layer[inner] + step, layer[outer], step):
        bends.append(f"{inner}\n{outer}\n{at}")
        layer[bends[-1]] = at
    return [inner, *bends, outer]


def _order(
    rows: list[list[str]],
    near: Mapping[str, Sequence[str]],
    boxes: Mapping[str, Box],
    depth: Mapping[str, int],
) -> None:
    """Sort each layer by the middle of its neighbours before, then behind, and so on."""
    place = {key: float(at) for row in rows for at, key in enumerate(row)}
    for sweep in range(_SWEEPS):
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            middle = {
                key: _mean([place[one] for one in near.get(key, ())], place[key]) for key in row
            }
            row.sort(
                key=lambda key: (_aside(boxes, key), depth.get(key, 0), middle[key], place[key])
            )
            place |= {key: float(at) for at, key in enumerate(row)}


def _across(
    rows: Sequence[Sequence[str]],
    near: Mapping[str, Sequence[str]],
    boxes: Mapping[str, Box],
    size: Size,
) -> dict[str, float]:
    """Find the middle of each box across the layers."""
    box = size.width if size.upright else size.height

    def room(key: str) -> float:
        return (
            _BEND
            if key not in boxes
            else _ROUND + _WORDS[size.upright]
            if boxes[key].round
            else box
        )

    middle = {key: 0.0 for row in rows for key in row}
    ahead = [[key for key in row if not _aside(boxes, key)] for row in rows]
    below = [[key for key in row if _aside(boxes, key)] for row in rows]
    least = 0.0
    for band, beside in ((ahead, size.beside), (below, _APART)):
        for sweep in range(_SWEEPS):
            for row in band if sweep % 2 == 0 else band[::-1]:
                wish = [
                    _mean([middle[one] for one in near.get(key, ())], middle[key]) for key in row
                ]
                middle |= dict(
                    zip(row, _apart(wish, [room(key) for key in row], beside), strict=True)
                )
        drawn = [key for row in band for key in row]
        top = min((middle[key] - room(key) / 2 for key in drawn), default=0.0)
        for key in drawn:
            middle[key] += least - top
        least = max((middle[key] + room(key) / 2 for key in drawn), default=0.0) + _APART
    return middle


def _apart(wish: Sequence[float], rooms: Sequence[float], beside: float) -> list[float]:
    """Keep neighbours apart, as near to where they wish to be as their order allows."""
    found: list[float] = []
    for at, (want, room) in enumerate(zip(wish, rooms, strict=True)):
        least = found[-1] + (rooms[at - 1] + room) / 2 + beside if found else want
        found.append(max(want, least))
    shift = _mean([want - got for want, got in zip(wish, found, strict=True)], 0.0)
    return [got + shift for got in found]


def _measured(
    boxes: Mapping[str, Box],
    chains: Mapping[tuple[str, str], Sequence[str]],
    layer: Mapping[str, int],
    across: Mapping[str, float],
    size: Size,
) -> Drawing:
    length, breadth = (size.height, size.width) if size.upright else (size.width, size.height)
    turn: _Turn = (lambda along, side: (side, along)) if size.upright else (lambda *at: at)
    half = {key: (_ROUND if box.round else length) / 2 for key, box in boxes.items()}
    deep = [0.0] * (max(layer.values(), default=0) + 1)  # half of each layer
    for key, at in layer.items():
        deep[at] = max(deep[at], half.get(key, 0.0))
    along = [_EDGE + deep[0]]
    for one, other in pairwise(deep):
        along.append(along[-1] + one + size.between + other)
    middle = {key: (along[layer[key]], _EDGE + side) for key, side in across.items()}
    placed = {}
    for key, box in boxes.items():
        x, y = turn(*middle[key])
        wide, high = (_ROUND, _ROUND) if box.round else (size.width, size.height)
        placed[key] = Placed(_near(x - wide / 2), _near(y - high / 2), wide, high)
    arrows = {
        arrow: _path([(*middle[key], half.get(key, 0.0)) for key in chain], turn, size.height)
        for arrow, chain in chains.items()
    }
    side = max((at for _, at in middle.values()), default=0.0) + breadth / 2 + _EDGE
    bows = any(layer[inner] == layer[outer] for inner, outer in chains)
    whole = turn(along[-1] + deep[-1] + (_BOW + _BESIDE if bows else _EDGE), side)
    return Drawing(round(whole[0]), round(whole[1]), placed, arrows)


def _path(
    points: Sequence[tuple[float, float, float]], turn: _Turn, high: float
) -> tuple[str, float, float]:
    """Draw one arrow as a row of curves that leave and arrive along the layers; give the middle of the last too."""
    said = ""
    at = (0.0, 0.0)
    for (start, side, half), (end, other, size) in pairwise(points):
        if start == end:
            return _beside(start, half, side, other, high)
        way = 1 if end >= start else -1
        leave, arrive = start + way * half, end - way * size
        bend = (leave + arrive) / 2
        curve = [turn(bend, side), turn(bend, other), turn(arrive, other)]
        said = said or "M{} {}".format(*map(_near, turn(leave, side)))
        said += " C" + " ".join(f"{_near(x)} {_near(y)}" for x, y in curve)
        at = turn(bend, (side + other) / 2)
    return said, _near(at[0]), _near(at[1])


def _beside(
    middle: float, half: float, above: float, below: float, high: float
) -> tuple[str, float, float]:
    """Draw an arrow within a column: straight between neighbours, else in a bow around what is between them."""
    way = 1 if below > above else -1
    gap = abs(below - above) - high
    if gap <= high:
        start, end = above + way * high / 2, below - way * high / 2
        said = f"M{_near(middle)} {_near(start)} L{_near(middle)} {_near(end)}"
        return said, _near(middle), _near((start + end) / 2)
    right, bow = middle + half, middle + half + _BOW
    said = f"M{_near(right)} {_near(above)} C{_near(bow)} {_near(above)}"
    said += f" {_near(bow)} {_near(below)} {_near(right)} {_near(below)}"
    return said, _near(right + _BOW * 0.75), _near((above + below) / 2)


def _aside(boxes: Mapping[str, Box], key: str) -> bool:
    """Tell what stands below; a bend goes with the end that its arrow leads to."""
    box = boxes.get(key) or boxes[key.split("\n")[1]]
    return box.aside


def _mean(numbers: Sequence[float], otherwise: float) -> float:
    return sum(numbers) / len(numbers) if numbers else otherwise


def _near(number: float) -> float:
    return round(number, 1)
