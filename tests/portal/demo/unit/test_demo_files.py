"""The council's files: the same every time, and what they say they are."""

import csv
import dataclasses
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[4]
PERSONAL = re.compile(r"\b(Payee|Client|Applicant|Bursary holder|Category officer) \d")


def rows(file) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.body.decode("utf-8"), newline="")))


def records(built, dataset, name):
    file = next(file for file in built[dataset].files if file.name == name)
    head, *body = rows(file)
    return [dict(zip(head, row, strict=True)) for row in body]


def every_file(built, kind):
    return [(one.name, file) for one in built.values() for file in one.files if file.name.endswith(kind)]


def test_the_same_seed_makes_the_same_bytes_in_another_process(tmp_path):
    environment = {**os.environ, "PYTHONHASHSEED": "12345", "LC_ALL": "C", "TZ": "Asia/Tokyo"}
    command = [sys.executable, "-m", "ckanext.portal.demo", str(tmp_path)]
    subprocess.run(command, check=True, cwd=PROJECT, env=environment, timeout=120)
    sums = (tmp_path / "SHA256SUMS").read_text()
    assert sums == (PROJECT / "seeds" / "SHA256SUMS").read_text()
    for line in sums.splitlines():
        digest, _, name = line.partition("  ")
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == digest


def test_another_seed_makes_other_bytes(demo_seeds, demo_built):
    from ckanext.portal.demo.build import build

    dataset = next(one for one in demo_seeds.datasets if one["name"] == "libraries")
    other = build(dataset, demo_seeds.words, "another", {})
    assert {f.artefact.sha256 for f in other.files}.isdisjoint(f.artefact.sha256 for f in demo_built["libraries"].files)


def test_how_much_there_is(demo_seeds, demo_built):
    themes = {theme for dataset in demo_seeds.datasets for theme in dataset["themes"]}
    spend = demo_built["spend-over-500"].files
    assert len(demo_built) >= 12 and len(themes) >= 6
    assert len(spend) == 8 and sum(file.artefact.rows for file in spend) > 8000
    assert 30_000 < sum(file.artefact.rows for _, file in every_file(demo_built, ".csv")) < 60_000


def test_every_csv_is_well_formed_and_as_long_as_said(demo_built):
    for dataset, file in every_file(demo_built, ".csv"):
        head, *body = rows(file)
        assert len(set(head)) == len(head) and all(head), (dataset, file.name)
        assert len(body) == file.artefact.rows > 0, (dataset, file.name)
        assert {len(row) for row in body} == {len(head)}, (dataset, file.name)
        assert not file.body.startswith(b"\xef\xbb\xbf") and len(file.body) == file.artefact.size
        assert not any(cell != cell.strip() for row in body for cell in row), (dataset, file.name)


def test_every_map_has_its_points_in_the_fictional_borough(demo_built):
    files = every_file(demo_built, ".geojson")
    assert len(files) >= 6
    for dataset, file in files:
        found = json.loads(file.body)
        assert found["type"] == "FeatureCollection" and len(found["features"]) == file.artefact.rows, (
            dataset,
            file.name,
        )
        for feature in found["features"]:
            x, y = feature["geometry"]["coordinates"]
            assert -1.78 < x < -1.62 and 53.83 < y < 53.91


@pytest.mark.parametrize(
    ("quarter", "first", "last"),
    [("2024-25-q3", "2024-10-01", "2024-12-31"), ("2025-26-q4", "2026-01-01", "2026-03-31"), ("2026-27-q2", "2026-07-01", "2026-09-30")],
)  # fmt: skip
def test_spend_is_over_500_and_of_its_quarter(demo_built, quarter, first, last):
    found = records(demo_built, "spend-over-500", f"spend-over-500-{quarter}.csv")
    assert all(abs(float(row["Amount"])) > 500 for row in found)
    assert any(float(row["Amount"]) < 0 for row in found), "no credit note"
    assert all(first <= row["Payment Date"] <= last for row in found)
    assert all(date.fromisoformat(row["Payment Date"]).weekday() < 5 for row in found)
    assert len({row["Transaction Number"] for row in found}) == len(found)
    code = {
        "Organisational Unit",
        "Payment Date",
        "Beneficiary Name",
        "Purpose",
        "Amount",
        "Irrecoverable VAT Amount",
        "Category Internal Name",
    }
    assert code <= set(found[0]), "the Code's seven fields"


def test_individuals_are_redacted_everywhere(demo_built):
    for dataset, file in [*every_file(demo_built, ".csv"), *every_file(demo_built, ".geojson")]:
        assert not PERSONAL.search(file.body.decode()), (dataset, file.name)
    spend = b"".join(file.body for file in demo_built["spend-over-500"].files)
    assert spend.count(b"Redacted: personal data") > 100


def test_the_aggregate_is_the_sum_of_the_published_files(demo_built):
    wanted: dict[str, float] = {}
    for file in demo_built["spend-over-500"].files:
        for row in records(demo_built, "spend-over-500", file.name):
            unit = row["Organisational Unit"]
            wanted[unit] = wanted.get(unit, 0) + float(row["Amount"])
    found: dict[str, float] = {}
    for row in records(demo_built, "spending-by-department", "spending-by-department.csv"):
        found[row["Department"]] = found.get(row["Department"], 0) + float(row["Amount"])
    assert found == pytest.approx(wanted, abs=0.1)


def test_salaries_are_in_bands_of_five_thousand(demo_built):
    for row in records(demo_built, "senior-salaries", "salary-bands.csv"):
        low, high = (int(part) for part in row["Salary Band"].split(" - "))
        assert low % 5000 == 0 and high == low + 4999 and low >= 50000 and int(row["Employees"]) > 0


def test_the_pay_multiple_is_the_ratio_of_its_columns(demo_built):
    for row in records(demo_built, "pay-multiple", "pay-multiple.csv"):
        assert float(row["Ratio"]) == pytest.approx(
            float(row["Highest salary"]) / float(row["Median salary"]), abs=0.01
        )


def test_the_parking_surplus_is_spent(demo_built):
    sums: dict[tuple[str, str], float] = {}
    for row in records(demo_built, "parking-account", "parking-account.csv"):
        key = (row["Financial Year"], row["Type"])
        sums[key] = sums.get(key, 0) + float(row["Amount"])
    for year in {year for year, _ in sums}:
        surplus = sums[year, "Income"] - sums[year, "Expenditure"]
        assert surplus > 0 and sums[year, "Use of surplus"] == pytest.approx(surplus, abs=0.05)


def test_small_counts_are_suppressed(demo_built):
    counts = {row["Parcels"] for row in records(demo_built, "food-parcels", "food-parcels.csv")}
    assert "c" in counts and counts.isdisjoint({"1", "2", "3", "4"})


def test_air_quality_has_an_hour_a_row_and_no_dead_loggers(demo_built):
    found = records(demo_built, "air-quality", "air-quality-2026-07.csv")
    assert len({(row["Site ID"], row["Date Time"]) for row in found}) == len(found) > 3600
    assert all(0 < float(row["NO2"]) < 200 for row in found)


def test_series_and_projects_name_what_is_there(demo_seeds):
    names = {dataset["name"] for dataset in demo_seeds.datasets}
    told = {each["name"] for each in demo_seeds.records["series"]}
    assert {dataset["series"] for dataset in demo_seeds.datasets if dataset.get("series")} == told
    assert [each["name"] for each in demo_seeds.series()] and [each["name"] for each in demo_seeds.projects()]
    assert all(set(each["datasets"]) <= names for each in demo_seeds.records["projects"])
    fewer = dataclasses.replace(demo_seeds, datasets=demo_seeds.datasets[:0])
    assert fewer.series() == fewer.projects() == []
