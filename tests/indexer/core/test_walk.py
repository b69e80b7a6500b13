"""What is reached, and when: single rules by example, all of them together against a model that counts every moment."""

import random
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.core.link import FIRST, LAST, Statement, Way, process
from indexer.core.walk import Direction, walk
from tests.indexer.core import make_walk_vectors

BACK, FORWARD, BOTH = Direction


def at(second):
    return f"2026-01-01T00:00:{second:02}"


class Told(list[Statement]):
    """Statements by short names."""

    def pack(self, second, parent, *children, action="ADD", kind="AggregationEvent"):
        things = {"parent": [parent], "child": list(children)}
        self.append(Statement(len(self), at(second), kind, action, things, all=not children))
        return self

    def unpack(self, second, parent, *children):
        return self.pack(second, parent, *children, action="DELETE")

    def fit(self, second, parent, *children, action="ADD"):
        return self.pack(second, parent, *children, action=action, kind="AssociationEvent")

    def make(self, second, inputs, outputs, joint=None):
        things = {"input": inputs.split(), "output": outputs.split()}
        if joint:
            things["transformation"] = [process(joint)]
        self.append(Statement(len(self), at(second), "TransformationEvent", "", things))
        return self


def reached(told, asked, direction=BOTH, **more):
    found = walk(asked, direction, told, **more).things
    return {code for code in found if not code.startswith("process")} - {asked}


def test_back_leads_to_what_it_was_made_of_and_forward_to_what_was_made_of_it():
    told = Told().make(1, "flour egg", "dough").make(2, "dough", "cake roll")
    assert reached(told, "cake", BACK) == {"dough", "flour", "egg"}
    assert reached(told, "flour", FORWARD) == {"dough", "cake", "roll"}
    assert reached(told, "dough") == {"flour", "egg", "cake", "roll"}
    assert reached(told, "cake", FORWARD) == set()


def test_nobody_turns_round_on_the_way():
    told = Told().make(1, "flour", "cake bread").pack(2, "pallet", "cake", "neighbour")
    assert reached(told, "cake") == {"flour", "pallet"}


def test_holders_are_reached_in_both_directions_and_over_several_levels():
    told = Told().pack(1, "case", "item").pack(2, "pallet", "case").pack(3, "ship", "pallet")
    for direction in Direction:
        assert reached(told, "item", direction) == {"case", "pallet", "ship"}
    assert all(one.held for one in walk("item", BOTH, told).things.values() if one.code != "item")


def test_a_holder_counts_only_while_the_item_is_in_it():
    told = Told().pack(2, "case", "item").pack(3, "ship", "case").unpack(5, "case", "item")
    things = walk("item", BOTH, told).things
    assert things["case"].spans == ((at(2), at(5)),)
    assert things["ship"].spans == ((at(3), at(5)),)
    assert things["case"].during(at(2))
    assert things["case"].during(at(4))
    assert not things["case"].during(at(1))
    assert not things["case"].during(at(5))
    assert "train" not in walk("item", BOTH, told.pack(6, "train", "case")).things


def test_a_holder_that_was_asked_for_is_followed_down():
    told = Told().pack(1, "case", "item").pack(2, "pallet", "case").make(0, "steel", "item")
    told.make(9, "item", "scrap")
    assert reached(told, "pallet", BACK) == {"case", "item", "steel"}
    assert reached(told, "pallet", FORWARD) == {"case", "item", "scrap"}


def test_contents_count_only_if_they_were_in_while_their_holder_was_part():
    told = Told().pack(1, "case", "early").unpack(2, "case", "early").pack(3, "case", "item")
    told.pack(4, "pallet", "case").unpack(5, "pallet", "case").pack(6, "case", "late")
    assert reached(told, "pallet") == {"case", "item"}


def test_what_is_consumed_in_its_case_is_consumed_and_what_left_it_before_is_not():
    told = (
        Told().pack(1, "case", "item", "spare").unpack(2, "case", "spare").make(3, "case", "cake")
    )
    assert reached(told, "item", FORWARD) == {"case", "cake"}
    assert reached(told, "spare", FORWARD) == {"case"}
    assert reached(told, "cake", BACK) == {"case", "item"}


def test_what_comes_out_packed_is_followed_to_its_contents_and_back():
    told = Told().make(1, "flour", "pallet").pack(2, "pallet", "bag")
    assert reached(told, "flour", FORWARD) == {"pallet", "bag"}
    assert reached(told, "bag", BACK) == {"pallet", "flour"}


def test_a_part_belongs_to_its_product_while_it_is_built_in():
    told = (
        Told()
        .make(0, "brass", "valve")
        .fit(1, "heater", "valve")
        .fit(3, "heater", "valve", action="DELETE")
    )
    told.fit(4, "heater", "spare").fit(5, "boiler", "valve")
    assert reached(told, "heater", BACK) == {"valve", "spare", "brass"}
    assert reached(told, "valve", FORWARD) == {"heater", "boiler"}
    assert reached(told, "valve", BACK) == {"brass"}
    things = walk("brass", FORWARD, told).things
    assert things["heater"].spans == ((at(1), at(3)),)
    assert things["boiler"].spans == ((at(5), LAST),)
    assert walk("heater", BACK, told).things["valve"].spans == ((FIRST, at(3)),)


def test_a_product_with_a_part_is_not_followed_to_its_other_parts():
    told = Told().fit(1, "heater", "valve", "burner").pack(2, "heater", "manual")
    assert reached(told, "valve", FORWARD) == {"heater"}
    # A part that is taken out and built in again elsewhere is no product of the first.
    assert reached(told, "heater", FORWARD) == {"manual"}


def test_an_input_counts_up_to_its_consumption_and_an_output_from_its_making():
    told = (
        Told()
        .make(3, "flour", "cake")
        .make(5, "flour", "bread")
        .pack(1, "silo", "flour")
        .pack(4, "bin", "flour")
    )
    things = walk("cake", BACK, told).things
    assert "bin" not in things
    assert "silo" in things
    assert things["flour"].during(at(3))
    assert not things["flour"].during(at(4))
    things = walk("flour", FORWARD, told).things
    assert things["cake"].during(at(3))
    assert not things["cake"].during(at(2))


def test_events_of_one_transformation_are_one_process_in_any_order_of_time():
    told = Told().make(1, "", "first", "t").make(2, "flour", "", "t").make(3, "", "second", "t")
    assert reached(told, "flour", FORWARD) == {"first", "second"}
    assert reached(told, "first", BACK) == {"flour"}
    assert walk("flour", FORWARD, told).things[process("t")].during(at(9))


def test_a_lot_leads_to_its_pieces_and_a_piece_to_its_lot():
    lot, piece = (
        "https://id.gs1.org/01/06901234567892/10/L1",
        "https://id.gs1.org/01/06901234567892/21/1",
    )
    told = Told().make(0, "brass", lot)
    told.append(Statement(9, at(2), "ObjectEvent", "ADD", {"lot": [lot], "epc": [piece]}))
    told.fit(3, "heater", piece)
    assert reached(told, "brass", FORWARD) == {lot, piece, "heater"}
    assert reached(told, piece, BACK) == {lot, "brass"}
    assert reached(told, "heater", BACK) == {piece, lot, "brass"}
    assert walk(lot, FORWARD, told).things[piece].spans == ((at(2), LAST),)


def test_circles_end():
    told = (
        Told()
        .pack(1, "a", "b")
        .pack(1, "b", "a")
        .make(2, "a", "b")
        .make(3, "b", "a")
        .make(4, "c", "c")
    )
    assert reached(told, "a") == {"b"}
    assert reached(told, "c") == set()


def test_steps_are_counted_and_may_be_limited():
    told = Told().make(1, "ore", "steel").make(2, "steel", "pipe").pack(3, "pallet", "pipe")
    whole = walk("pipe", BOTH, told)
    assert whole.whole
    assert [(one, whole.things[one].depth) for one in ("pipe", "steel", "ore", "pallet")] == [
        ("pipe", 0), ("steel", 1), ("ore", 2), ("pallet", 1)
    ]  # fmt: skip
    assert reached(told, "pipe", depth=1) == {"steel", "pallet"}
    assert not walk("pipe", BOTH, told, depth=1).whole
    assert (
        walk("pipe", BOTH, told, depth=2).whole is False
    )  # whether ore came of something was not asked
    assert walk("pipe", BOTH, told, depth=3).whole


def test_a_link_names_the_records_that_prove_it():
    told = Told().pack(1, "case", "item").unpack(5, "case").make(9, "other", "thing")
    found = walk("item", BOTH, told)
    (one,) = found.links
    assert (one.inner, one.outer, one.way, one.since, one.until) == (
        "item", "case", Way.PACKING, at(1), at(5)
    )  # fmt: skip
    assert found.proving == {0, 1}


# All rules together: a model that knows no spans and no links, only which moments there are. Moment 2t is t itself,
# 2t + 1 what lies between it and t + 1, -1 all before.

NAMES = "abcdef"
TIMES = range(4)
TICKS = range(-1, 2 * len(TIMES) + 1)


@st.composite
def statements(draw, most=9):
    told = Told()
    for _ in range(draw(st.integers(0, most))):
        second = draw(st.sampled_from(TIMES))
        some = st.lists(st.sampled_from(NAMES), max_size=3, unique=True)
        match draw(st.sampled_from("PPPPAAM")):
            case "M":
                joint = draw(st.sampled_from([None, None, "t"]))
                told.make(second, " ".join(draw(some)), " ".join(draw(some)), joint)
            case kind:
                action = draw(st.sampled_from(["ADD", "ADD", "OBSERVE", "DELETE"]))
                one = "AggregationEvent" if kind == "P" else "AssociationEvent"
                told.pack(
                    second, draw(st.sampled_from(NAMES)), *draw(some), action=action, kind=one
                )
    return told


def inside(told, type_):
    """Which is in which, by moment."""
    found: dict[tuple[str, str], set[int]] = {pair: set() for pair in product(NAMES, NAMES)}
    for (child, parent), ticks in found.items():
        state = False
        for second in TIMES:
            now = [
                one
                for one in told
                if one.type == type_ and one.at == at(second) and parent in one.things["parent"]
            ]
            put = any(
                one.action in ("ADD", "OBSERVE") and child in one.things["child"] for one in now
            )
            out = [one for one in now if one.action == "DELETE"]
            taken = any(child in one.things["child"] or (one.all and state) for one in out)
            momentary = taken and not state
            state = (put and not momentary) if taken else state or put
            if state or momentary:
                ticks.add(2 * second)
            if state:
                ticks.add(2 * second + 1)
        if state:
            ticks.add(TICKS[-1])
    return found


def processes(told):
    """What each process consumed and made, with moments."""
    found: dict[object, tuple[set[tuple[str, int]], set[tuple[str, int]]]] = {}
    for number, one in enumerate(told):
        if one.type == "TransformationEvent":
            name = one.things.get("transformation", [number])[0]
            fed, made = found.setdefault(name, (set(), set()))
            tick = next(2 * second for second in TIMES if one.at == at(second))
            fed.update((thing, tick) for thing in one.things["input"])
            made.update((thing, tick) for thing in one.things["output"])
    return found


def model(told, asked, back):
    """Every thing's moments in the story, by going over all rules until nothing changes."""
    packed, fitted, made = (
        inside(told, "AggregationEvent"),
        inside(told, "AssociationEvent"),
        processes(told),
    )
    part: dict[str, set[int]] = {name: set() for name in NAMES} | {asked: set(TICKS)}
    holder: dict[str, set[int]] = {name: set() for name in NAMES}

    def story(name):
        own = part[name]
        whole = (
            {one for one in TICKS if (one <= max(own) if back else one >= min(own))}
            if own
            else set()
        )
        return whole | holder[name]

    def makes(fed, out, thing, tick):
        """Whether a process's input or output at this moment puts all of the process into the story."""
        if back:
            return thing in out and bool(story(thing)) and tick <= max(story(thing))
        return thing in fed and tick in story(thing)

    while True:
        before = str((part, holder))
        for inner, outer in product(NAMES, NAMES):
            holder[outer] |= packed[inner, outer] & story(inner)
            part[inner] |= packed[inner, outer] & part[outer]
            if back:
                part[inner] |= fitted[inner, outer] & part[outer]
            else:
                holder[outer] |= fitted[inner, outer] & story(inner)
        for fed, out in made.values():
            if any(
                makes(dict(fed), dict(out), thing, tick) for thing, tick in (out if back else fed)
            ):
                for thing, tick in fed if back else out:
                    part[thing] |= {tick} if back else {one for one in TICKS if one >= tick}
        if str((part, holder)) == before:
            return {name: story(name) for name in NAMES if story(name)}


def ticks(spans):
    def tick(moment, otherwise):
        if moment in (FIRST, LAST):
            return otherwise
        second = next(second for second in TIMES if moment.startswith(at(second)))
        return 2 * second + moment.endswith("!")

    return {one for a, b in spans for one in range(tick(a, -1), tick(b, TICKS[-1] + 1))}


def found(told, asked, direction):
    things = walk(asked, direction, told).things
    return {
        code: ticks(one.spans) for code, one in things.items() if not code.startswith("process")
    }


@settings(max_examples=300, deadline=None)
@given(statements(), st.sampled_from([BACK, FORWARD]))
def test_the_walk_is_what_the_rules_say_moment_by_moment(told, direction):
    assert found(told, "a", direction) == model(told, "a", direction is BACK)


@settings(deadline=None)
@given(statements(), st.randoms(use_true_random=False))
def test_the_order_of_statements_does_not_matter(told, chance):
    shuffled = Told(told)
    chance.shuffle(shuffled)
    one, other = walk("a", BOTH, told), walk("a", BOTH, shuffled)
    assert one.things == other.things
    key = [
        (each.inner, each.outer, each.way, each.since, each.until, each.records)
        for each in one.links
    ]
    assert key == [
        (each.inner, each.outer, each.way, each.since, each.until, each.records)
        for each in other.links
    ]


def named(one):
    return {thing for things in one.things.values() for thing in things}


@settings(deadline=None)
@given(statements(), st.sampled_from(Direction))
def test_reading_what_names_what_was_reached_until_nothing_new_is_reached_is_enough(
    told, direction
):
    """That is how the gateway knows when it is done: nothing else needs to be read."""
    read: list[Statement] = []
    reached_ = {"a"}
    while True:
        more = [one for one in told if named(one) & reached_]
        if len(more) == len(read):
            break
        read = more
        reached_ |= set(walk("a", direction, read).things)
    assert walk("a", direction, read).things == walk("a", direction, told).things


@settings(deadline=None)
@given(statements(), statements())
def test_the_story_of_others_changes_nothing(told, others):
    elsewhere = [
        Statement(f"x{one.reference}", one.at, one.type, one.action,
                  {role: [f"x{name}" for name in names] for role, names in one.things.items()}, one.all)
        for one in others
    ]  # fmt: skip
    assert walk("a", BOTH, [*told, *elsewhere]).things == walk("a", BOTH, told).things


@settings(deadline=None)
@given(statements())
def test_whatever_is_reached_one_way_reaches_back_the_other_way(told):
    """A recall finds exactly those whose own trace leads to what is recalled."""
    for code, one in walk("a", FORWARD, told).things.items():
        if not code.startswith("process") and not one.held:
            assert "a" in walk(code, BACK, told).things, code


def test_ten_thousand_things_take_a_moment():
    """Linear: a hundred times as much is not ten thousand times as slow (the bound is loose for slow machines)."""
    told = Told()
    for level in range(7):
        told.make(level, f"lot{level}", f"lot{level + 1}")
    for batch in range(10):
        items = [f"{batch}.{item}" for item in range(1000)]
        told.make(10, "lot7", " ".join(items))
        for case in range(10):
            told.pack(11, f"case{batch}.{case}", *items[case * 100 : case * 100 + 100])
        told.pack(12, f"pallet{batch}", *(f"case{batch}.{case}" for case in range(10)))
    random.Random(1).shuffle(told)
    assert len(reached(told, "lot0", FORWARD)) == 10_117


def test_the_vectors_are_what_the_walk_makes():
    assert make_walk_vectors.FILE.read_bytes() == make_walk_vectors.written()
