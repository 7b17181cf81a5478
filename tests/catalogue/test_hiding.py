"""What of a trial is shown to whoever may not open its people: nothing small can be worked out from the rest."""

from hypothesis import given
from hypothesis import strategies as st

from lianxin.catalogue import hiding
from lianxin.catalogue.whatif import cost

LEAST, RATE = 5, 10_000
NAMES = ("gain", "lose", "more", "less", "same", "unknown", "unknown_before")
counts = st.one_of(st.just(0), st.integers(1, 4), st.integers(5, 60))
part = st.fixed_dictionaries(dict.fromkeys(NAMES, counts))


def line(code, row):
    stays = row["more"] + row["less"] + row["same"]
    before, after = stays + row["lose"], stays + row["gain"]
    return {
        "code": code, "name": {"zh": code, "en": code}, **row, "entitled": after, "entitled_before": before,
        "cost": cost(after * RATE, "monthly"), "cost_before": cost(before * RATE, "monthly"),
    }  # fmt: skip


def trial(rows):
    lines = [line(str(place), row) for place, row in enumerate(rows)]
    whole = {name: sum(row[name] for row in rows) for name in NAMES}
    return {**line("", whole), "repeat": "monthly", "against": None, "counties": lines, "ages": [], "categories": [],
            "errors": 0, "unknowns": [{"fact": "age", "settles": 3, "among": 12}]}  # fmt: skip


def told(said):
    return hiding.told(said, least=LEAST, largest=(RATE, RATE))


@given(st.lists(part, min_size=1, max_size=7))
def test_what_is_hidden_adds_up_to_nobody_or_enough(rows):
    said, seen = trial(rows), told(trial(rows))
    for group in (hiding.CHANGED, ("unknown",), ("unknown_before",)):
        gone = [was for was, now in zip(said["counties"], seen["counties"], strict=True) if now[group[0]] is None]
        if seen[group[0]] is None:
            assert len(gone) == len(rows) or group != hiding.CHANGED
            continue
        assert len(gone) != 1 or len([row for row in said["counties"] if any(row[name] for name in group)]) == 1
        for name in group:
            assert sum(row[name] for row in gone) in {0, *range(LEAST, 10_000)}


@given(st.lists(part, min_size=1, max_size=7))
def test_no_shown_line_lets_a_small_change_be_subtracted(rows):
    said, seen = trial(rows), told(trial(rows))
    for was, now in zip([said, *said["counties"]], [seen, *seen["counties"]], strict=True):
        if now["entitled"] is not None and now["entitled_before"] is not None:
            assert all(was[name] == 0 or was[name] >= LEAST for name in hiding.CHANGED)
        for name in ("unknown", "unknown_before"):
            assert now[name] is None or was[name] == 0 or was[name] >= LEAST


@given(st.lists(part, min_size=1, max_size=7))
def test_every_number_shown_is_cut_down(rows):
    said, seen = trial(rows), told(trial(rows))
    for was, now in zip([said, *said["counties"]], [seen, *seen["counties"]], strict=True):
        for name in (*hiding.ENTITLED, *hiding.OPEN):
            assert now[name] is None or (now[name] % LEAST == 0 and was[name] - LEAST < now[name] <= was[name])
        for name in hiding.COSTS:
            if now[name] is not None:
                assert now[name]["round"] % (LEAST * RATE) == 0
                assert now[name]["year"] == now[name]["round"] * 12


def test_nothing_is_hidden_that_need_not_be():
    row = dict.fromkeys(NAMES, 0) | {"same": 100, "gain": 20, "unknown": 10}
    seen = told(trial([row, row]))
    assert [one["gain"] for one in seen["counties"]] == [20, 20]
    assert seen["unknowns"] == [{"fact": "age", "settles": None, "among": 10}]


def test_of_a_change_for_few_only_what_is_in_force_is_left():
    row = dict.fromkeys(NAMES, 0) | {"same": 100, "gain": 2}
    seen = told(trial([row]))
    assert (seen["entitled"], seen["gain"], seen["cost"]) == (None, None, None)
    assert seen["entitled_before"] == 100
    assert seen["counties"][0]["entitled_before"] is None


@given(st.lists(part, min_size=1, max_size=7))
def test_what_an_operator_prints_holds_no_small_part_and_none_that_the_exact_whole_gives_away(rows):
    said, seen = trial(rows), hiding.parts(trial(rows), LEAST)
    for group in (hiding.CHANGED, ("unknown",), ("unknown_before",)):
        assert all(seen[name] == said[name] for name in group), "the whole is exact"
        pairs = list(zip(said["counties"], seen["counties"], strict=True))
        gone = [was for was, now in pairs if now[group[0]] is None]
        assert all(
            was[name] == 0 or was[name] >= LEAST for was, now in pairs if now[group[0]] is not None for name in group
        )
        told_apart = [row for row in said["counties"] if any(row[name] for name in group) and row not in gone]
        assert len(gone) != 1 or not told_apart
        assert not told_apart or all(sum(row[name] for row in gone) in {0, *range(LEAST, 10_000)} for name in group)
