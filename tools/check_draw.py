"""Check a published number's commitment, its draws and opened rows, with nothing but Python's standard library.

    python check_draw.py PUBLISHED.json [ROWS.json]

PUBLISHED.json is what is published with a number: its root, every sealed leaf, the draws with their seeds. ROWS.json is
what somebody was given who may open the drawn rows. Exit 0: everything holds; 1: something does not, and it is said.
This file shares no code with the software it checks; docs/decisions/0024-numbers-strangers-check.md says the rules.
"""

import hashlib
import json
import sys


def sha(*parts):
    """SHA-256 of the parts, one after another."""
    return hashlib.sha256(b"".join(parts)).digest()


def root(leaves):
    """The root over sealed leaves in their order."""
    level, count = list(leaves) or [sha()], len(leaves)
    while len(level) > 1:
        level = [
            sha(b"\x01", *level[at : at + 2]) if at + 1 < len(level) else level[at] for at in range(0, len(level), 2)
        ]
    return sha(b"\x02", count.to_bytes(8, "big"), level[0])


def draw(root_hex, seed, count, size):
    """The places that a seed draws."""
    found, number, limit = [], 0, 2**256 - 2**256 % count
    while len(found) < min(size, count):
        made = int.from_bytes(sha(f"{root_hex}:{seed}:{number}".encode()), "big")
        number += 1
        if made < limit and made % count not in found:
            found.append(made % count)
    return found


def climbs(leaf, beside, count):
    """The root, in hex, that a leaf makes with what stands beside its way."""
    for side, other in beside:
        other = bytes.fromhex(other)
        leaf = sha(b"\x01", other, leaf) if side == "left" else sha(b"\x01", leaf, other)
    return sha(b"\x02", count.to_bytes(8, "big"), leaf).hex()


def check(said, opened=None):
    """What does not hold, one sentence each; an empty list when everything does."""
    wrong = []
    leaves = [bytes.fromhex(leaf) for leaf in said["leaves"]]
    if len(leaves) != said["count"]:
        wrong.append(f"the file has {len(leaves)} leaves, the number committed to {said['count']}")
    if leaves != sorted(leaves):
        wrong.append("the leaves are not in their order")
    if root(leaves).hex() != said["root"]:
        wrong.append("the leaves do not give the published root: a row was altered, added or left out")
    for number, one in enumerate(said["draws"], 1):
        if one["seed"] is None:
            continue
        if one["drawn_at"] <= one["announced_at"]:
            wrong.append(f"draw {number}: the seed is not later than the announcement")
        if draw(said["root"], one["seed"], said["count"], one["size"]) != one["places"]:
            wrong.append(f"draw {number}: these are not the places that the seed draws")
    if opened is None:
        return wrong
    drawn = {place for one in said["draws"] for place in one["places"]}
    if (opened["root"], opened["count"]) != (said["root"], said["count"]):
        wrong.append("the opened rows are of another number")
    for row in opened["rows"]:
        leaf = sha(b"\x00", bytes.fromhex(row["salt"]), sha(row["said"].encode("utf-8", "surrogatepass")))
        if row["place"] not in drawn:
            wrong.append(f"place {row['place']} was not drawn")
        if climbs(leaf, row["beside"], said["count"]) != said["root"] or leaf.hex() != said["leaves"][row["place"]]:
            wrong.append(f"the row at place {row['place']} is not the one that was committed to")
    return wrong


def main(names):
    """Check the files named; 0 where everything holds."""
    if len(names) not in (1, 2):
        print(__doc__, file=sys.stderr)
        return 2
    files = []
    for name in names:
        try:
            with open(name, encoding="utf-8") as file:
                files.append(json.load(file))
        except (OSError, ValueError) as wrong:
            print(f"{name} cannot be read as JSON: {wrong}")
            return 1
    wrong = check(*files)
    for one in wrong:
        print(one)
    if not wrong:
        rows = f", {len(files[1]['rows'])} opened rows are the committed ones" if len(files) > 1 else ""
        print(f"holds: {files[0]['count']} leaves give the root, {len(files[0]['draws'])} draws follow from it{rows}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
