"""Reads what `urbanmine export` wrote with the programs it is written for.

usage: check.py RUN EXPORTS, where EXPORTS holds iamc.csv, ID.xlsx, datapackage.json with its tables, *.parquet and the
schema of scenarios as scenario.schema.json.
"""

import csv
import glob
import json
import os
import sys
import tomllib

import frictionless
import jsonschema
import openpyxl
import pandas
import pyam

run, exports = sys.argv[1:]
passed = 0


def check(good, what):
    global passed
    if not good:
        sys.exit(f"FAILED: {what}")
    passed += 1


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


# pyam
frame = pyam.IamDataFrame(os.path.join(exports, "iamc.csv"))
check(frame.model == ["urbanmine"] and len(frame.variable) > 20, frame.variable)
lithium = [row for row in rows(f"{run}/tables/indicators.csv") if row["indicator"] == "primary_demand" and row["substance"] == "Li"]
for row in lithium:
    one = frame.filter(
        region=row["region"].capitalize(), variable="Material Demand|Battery|Primary|Lithium", year=int(row["time"])
    )
    # The reader under pyam keeps about twelve digits.
    [value] = one.data["value"]
    check(abs(value - float(row["value"])) <= 1e-9 * abs(value), f"pyam: {row}: {value}")

# openpyxl
[path] = glob.glob(f"{exports}/*.xlsx")
book = openpyxl.load_workbook(path, read_only=False)
check("about" in book.sheetnames, book.sheetnames)
for table in glob.glob(f"{run}/tables/*.csv"):
    name = os.path.basename(table)[:-4]
    sheet = book[name]
    expected = rows(table)
    with open(table, newline="", encoding="utf-8") as file:
        columns = next(csv.reader(file))
    check(sheet.freeze_panes == "A2", f"{name}: header is frozen")
    check(sheet.max_row == len(expected) + 1, f"{name}: {sheet.max_row} rows, not {len(expected) + 1}")
    header = [cell.value for cell in sheet[1]]
    check(header == columns, f"{name}: {header}")
    for at in {0, len(expected) // 2, len(expected) - 1} if expected else ():
        for cell, (column, text) in zip(sheet[at + 2], expected[at].items()):
            same = cell.value == text or (cell.data_type == "n" and float(cell.value) == float(text))
            check(same, f"{name} row {at} {column}: {cell.value!r}, not {text!r}")
            check(cell.data_type != "f", f"{name} row {at} {column} is a formula")

# frictionless
report = frictionless.validate(os.path.join(exports, "datapackage.json"))
check(report.valid, report.flatten(["title", "message"])[:5])
with open(os.path.join(exports, "datapackage.json"), encoding="utf-8") as file:
    package = json.load(file)
check(len(package["resources"]) >= len(glob.glob(f"{run}/tables/*.csv")), "every table is a resource")

# pandas
found = glob.glob(f"{exports}/*.parquet")
for path in found:
    frame = pandas.read_parquet(path)
    expected = pandas.read_csv(f"{run}/tables/{os.path.basename(path)[:-8]}.csv", keep_default_na=False, dtype={"time": str}, float_precision="round_trip")
    check(list(frame.columns) == list(expected.columns) and len(frame) == len(expected), path)
    for column in frame.columns:
        same = (frame[column].astype(str) == expected[column].astype(str)).all() if frame[column].dtype == object else (
            frame[column] == expected[column].astype(float)
        ).all()
        check(same, f"{path}: column {column}")
if not found:
    print("parquet: not built, not read")

# The schema for editors accepts what ships, and knows a mistake.
with open(os.path.join(exports, "scenario.schema.json"), encoding="utf-8") as file:
    schema = json.load(file)
validator = jsonschema.Draft4Validator(schema)
jsonschema.Draft4Validator.check_schema(schema)
for path in glob.glob("scenarios/*.toml") + glob.glob("scenarios/data/*.toml"):
    with open(path, "rb") as file:
        problems = [f"{'.'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in validator.iter_errors(tomllib.load(file))]
    check(not problems, f"{path}: {problems[:5]}")
check(any(validator.iter_errors({"schema": 1, "colection": {}})), "an unknown section is seen")

print(f"exports: {passed} passed, 0 failed")
