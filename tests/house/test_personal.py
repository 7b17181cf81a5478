"""Every field of every table is declared: what it says of a person, for what purpose, by which law, how long, who sees it."""

import re
from pathlib import Path

from django.apps import apps
from django.db.models import BinaryField

from lianxin.access.roles import PERMISSIONS
from lianxin.engine import personal
from lianxin.journal.models import Covered

ROOT = Path(__file__).resolve().parents[2]
OURS = {model._meta.label: model for model in apps.get_models() if model.__module__.startswith("lianxin.")}
DECLARED = {table.model: table for table in personal.tables()}


def undeclared(label, names, fixed):
    """Fields of a model that its declaration leaves out, and names that are no field."""
    said = set(DECLARED[label].kinds)
    return sorted(set(names) - said - set(fixed)), sorted(said - set(names))


def test_every_table_is_declared():
    missing = sorted(set(OURS) - set(DECLARED))
    assert missing == [], f"say in the room's personal.py what these tables hold: {missing}"
    assert sorted(set(DECLARED) - set(OURS)) == []


def test_every_field_is_declared_and_every_declared_field_exists():
    wrong = {}
    for label, model in OURS.items():
        fixed = personal.fixed() if issubclass(model, Covered) else {"id"}
        left_out, unknown = undeclared(label, [field.attname for field in model._meta.concrete_fields], fixed)
        if left_out or unknown:
            wrong[label] = {"not declared": left_out, "no such field": unknown}
    assert wrong == {}, f"say in the room's personal.py (see lianxin.engine.personal): {wrong}"


def test_a_field_that_is_forgotten_is_found():
    names = [field.attname for field in OURS["people.Particulars"]._meta.concrete_fields]
    assert undeclared("people.Particulars", [*names, "shoe_size"], personal.fixed()) == (["shoe_size"], [])
    assert undeclared("people.Particulars", [name for name in names if name != "name"], personal.fixed())[1] == ["name"]


def test_who_says_something_of_a_person_says_for_what_and_who_may_see_it():
    for table in personal.tables():
        if table.personal:
            assert table.see in PERMISSIONS, table.model
            assert not table.apart or table.why, f"{table.model}: why is it not in the copy?"


def test_the_way_to_the_person_and_to_the_salt_exists():
    for table in personal.tables():
        rows = OURS[table.model]._base_manager
        ways = [table.of] if table.of else []
        ways += [way for one in table.sealed for way in (one.column, one.salt, *one.marks)]
        rows.values_list(*ways)  # raises FieldError for a way that leads nowhere


def test_what_is_named_sealed_is_declared_sealed():
    for label, model in OURS.items():
        for field in model._meta.concrete_fields:
            if isinstance(field, BinaryField) and "sealed" in field.name:
                assert DECLARED[label].kinds[field.attname] == "sealed", f"{label}.{field.name}"


PLACES = re.compile(r"(^|_)(ip|ip_address|address_ip|remote_addr|latitude|longitude|lat|lng|lon|gps|geo|location|position|"
                    r"whereabouts|user_agent|device|mac|imei|imsi|track)($|_)")  # fmt: skip


# Where a public place is: a station, a park, a shop. What may be one says lianxin.engine.civil; a person's never is.
PUBLIC_PLACES = {"partners.PlaceSaid.latitude", "partners.PlaceSaid.longitude"}


def test_no_table_has_room_for_a_location_or_a_network_address():
    found = [f"{label}.{field.name}" for label, model in OURS.items() for field in model._meta.concrete_fields
             if PLACES.search(field.name) or field.get_internal_type() in {"GenericIPAddressField", "IPAddressField"}]  # fmt: skip
    assert set(found) == PUBLIC_PLACES
    assert PLACES.search("last_ip")
    assert PLACES.search("latitude")


def test_no_source_reads_a_network_address_or_asks_a_phone_where_it_is():
    said = re.compile(r"REMOTE_ADDR|X_FORWARDED_FOR|X-Forwarded-For|geolocation|watchPosition|HTTP_X_REAL_IP")
    files = [*(ROOT / "src").rglob("*.py"), *(ROOT / "static").rglob("*.js"), *(ROOT / "templates").rglob("*.html")]
    found = {
        str(file.relative_to(ROOT)) for file in files if "vendored" not in file.parts and said.search(file.read_text())
    }
    assert found <= READS_ADDRESSES, "an address may be counted in memory against guessing, never kept"


def test_the_one_script_that_asks_the_device_where_it_is_tells_nobody():
    """The map measures distances on the device: its position goes into the drawing and nowhere else."""
    script = (ROOT / "static/ui/map.js").read_text()
    assert script.count("navigator.geolocation.getCurrentPosition") == 1
    assert "watchPosition" not in script
    asked = script.index("getCurrentPosition")
    assert re.findall(r"coords\.\w+", script[:asked]) == []
    assert re.findall(r"(\w+)\(place\.coords\.latitude, place\.coords\.longitude\)", script) == ["shifted"]
    ways_out = r"\bfetch\(|\bget\(|XMLHttpRequest|sendBeacon|WebSocket|EventSource|Storage\b|indexedDB|cookie|location\.|\.src\b|submit"
    assert re.findall(ways_out, script[asked:]) == []
    assert re.findall(r"get\(config\.(\w+)\)", script) == ["shapes", "points"]
    assert script.count("fetch(") == 1


# The adapter counts failed sign-ins of an address under a keyed digest of the day, deleted within a day.
# The policy that forbids a browser to tell where it is, and the metrics that answer this machine only.
# The map's script alone asks the device, and tells nobody: the test above.
READS_ADDRESSES = {"src/lianxin/access/adapter.py", "src/lianxin/access/middleware.py", "src/lianxin/ops/views.py",
                   "static/ui/map.js"}  # fmt: skip

FACES = re.compile(r"(?i)^(face[-_]?recognition|face[-_]?alignment|dlib|insightface|deepface|mediapipe|facenet.*|retinaface.*|"
                   r"mtcnn|opencv.*|arcface.*|onnxruntime.*|torch.*|tensorflow.*|keras.*|paddle.*|mxnet.*|ultralytics|"
                   r"compreface.*|imagehash)$")  # fmt: skip
IMPORTED = re.compile(r"(?m)^\s*(?:import|from)\s+(face_recognition|dlib|cv2|insightface|deepface|mediapipe|facenet\w*|torch|"
                      r"tensorflow|onnxruntime|keras|paddle|imagehash)\b")  # fmt: skip
COMPARED = re.compile(r"(?i)face_?(embedding|encoding|vector|descriptor|landmark|match|print)|FaceDetector|face-api")


def test_no_face_is_recognised_no_library_for_it_is_locked():
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-spark.txt"):
        locked = re.findall(r"(?m)^([A-Za-z0-9_.-]+)==", (ROOT / name).read_text())
        assert len(locked) > 20, name
        assert [one for one in locked if FACES.match(one)] == []
    assert FACES.match("opencv-python-headless")


def test_no_face_is_recognised_nothing_imports_or_keeps_what_compares_faces():
    files = [*(ROOT / "src").rglob("*.py"), *(ROOT / "static").rglob("*.js"), *(ROOT / "templates").rglob("*.html")]
    found = [file for file in files if IMPORTED.search(file.read_text()) or COMPARED.search(file.read_text())]
    assert found == []
    fields = [f"{label}.{field.name}" for label, model in OURS.items() for field in model._meta.concrete_fields
              if re.search(r"embedding|encoding|faceprint|biometric|template_vector", field.name)]  # fmt: skip
    assert fields == []
    assert IMPORTED.search("import cv2")


def test_the_page_of_personal_data_follows_the_declarations():
    from tools.personal_data import PAGE, written

    assert PAGE.read_text() == written(), "run python tools/personal_data.py"
