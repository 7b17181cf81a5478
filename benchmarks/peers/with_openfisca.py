"""Runs in the peer's own environment: OpenFisca-Core over columns and formulas that it is handed. Knows nothing of ours.

Reads FOLDER/asked.json (formulas as numpy expressions over ``look(name)``) and FOLDER/columns.npz; prints JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from openfisca_core import entities, periods, taxbenefitsystems, variables
from openfisca_core.simulations import SimulationBuilder

MONTH = "2023-06"
KINDS = {"bool": bool, "int": int, "decimal": float}


def rounded(values: Any) -> Any:
    """Half away from zero, after cleaning to six places, as the format says."""
    clean = np.sign(values) * np.floor(np.abs(values) * 1e6 + 0.5) / 1e6
    return np.sign(clean) * np.floor(np.abs(clean) + 0.5)


def system(asked: dict[str, Any]) -> Any:
    """A country of one entity: its facts, and a variable for each condition, verdict and amount."""
    person = entities.build_entity(key="person", plural="persons", label="", is_person=True)
    made = taxbenefitsystems.TaxBenefitSystem([person])

    def variable(name: str, kind: str, text: str | None) -> None:
        content: dict[str, Any] = {"value_type": KINDS[kind], "entity": person, "definition_period": periods.MONTH}
        if text is not None:
            code = compile(text, name, "eval")

            def formula(person: Any, period: Any) -> Any:
                return eval(code, {"look": lambda other: person(other, period), "np": np, "rounded": rounded})

            content["formula"] = formula
        made.add_variable(type(name, (variables.Variable,), content))

    for name, kind in asked["facts"].items():
        variable(name, kind, None)
    for name, (kind, text) in asked["formulas"].items():
        variable(name, kind, text)
    return made


def main() -> None:
    """Times the verdicts and amounts of all services, the facts being set already: the fastest of several."""
    folder, times = Path(sys.argv[1]), int(sys.argv[2])
    asked = json.loads((folder / "asked.json").read_text())
    kinds = {"q": np.int64, "d": np.float64}
    columns = {
        file.stem: np.fromfile(file, kinds[file.suffix[1:]]) for file in folder.iterdir() if file.suffix[1:] in kinds
    }
    columns = {name: values.astype(KINDS[asked["facts"][name]]) for name, values in columns.items()}
    country = system(asked)
    best, answers = float("inf"), {}
    for _ in range(times):
        simulation = SimulationBuilder().build_default_simulation(country, count=asked["rows"])
        for name in asked["facts"]:
            simulation.set_input(name, MONTH, columns[name])
        began = time.perf_counter()
        found = {name: simulation.calculate(name, MONTH) for name in asked["wanted"]}
        best = min(best, time.perf_counter() - began)
        answers = {name: float(np.sum(values.astype(float))) for name, values in found.items()}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"seconds": best, "answers": answers, "memory": memory}))


if __name__ == "__main__":
    main()
