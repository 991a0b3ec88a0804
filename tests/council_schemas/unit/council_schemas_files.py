"""Files in the shapes that councils publish, made here row by row, with what is wrong in them written beside it.

A column is written ``Header=field:dress`` (no field: the table does not know it). The dress says how its cells are written,
``plain`` by default. ``plant`` puts a cell into a row and names the rule that should find it, and nothing else should.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

COMPANIES = (
    "VEOLIA ES (UK) LTD", "Kier Highways Limited", "A Andrews & Sons (Marbles & Tiles)", "St Anne's Community Services",
    "MEARS LTD", "Barnardo's", "NPOWER COMMERCIAL GAS LIMITED", "Carter Jonas LLP", "Grant Thornton UK LLP",
    "MORGAN SINDALL CONSTRUCTION", "Browne Jacobson LLP", "Hays Specialist Recruitment", "Travis Perkins Trading Co",
    "HM REVENUE & CUSTOMS", "Willmott Dixon Construction", "G4S Cash Solutions (UK)", "AMAZON.CO.UK*2T4K83", "TESCO STORES 3154",
    "JOHN LEWIS PLC", "W H SMITH", "Marks & Spencer", "WM MORRISON SUPERMARKETS", "Thomas Cook Retail", "Royal Mail Group",
    "Eversheds Sutherland", "Bevan Brittan LLP", "Trowers & Hamlins", "Osborne Clarke", "BISHOP FLEMING", "Martin Brower UK",
    "Roger Bullivant Ltd", "Alan Wood & Partners", "Peter Brett Associates", "Ernst & Young LLP", "Norton Rose Fulbright",
    "J TOMLINSON LTD", "T Clarke PLC", "Mitie FM", "Clancy Docwra", "Barrett Steel Ltd", "Philip Williams & Co",
    "The Princess Alice Hospice", "St Mary's RC Primary School", "Victoria Academies Trust", "Essex Cares", "Leeds Beckett Uni",
)  # fmt: skip
WORDS = ("Equipment", "Agency staff", "Day care", "Repairs and maintenance", "Energy", "Transport of clients", "Legal fees",
         "Books and stationery", "Software licences", "Grounds maintenance")  # fmt: skip
DEPARTMENTS = ("Adults and Health", "Children's Services", "City Development", "Resources", "Communities & Environment")


def day(row: int, start: dt.date = dt.date(2025, 4, 1)) -> dt.date:
    return start + dt.timedelta(days=row * 3 % 88)


def amount(row: int) -> float:
    return round(612.5 + row * 731.27 % 48000 + row, 2)


def pounds(value: float) -> str:
    return f"{value:,.2f}"


DRESS: dict[str, Callable[[Any], str]] = {
    "uk": lambda v: v.strftime("%d/%m/%Y"),
    "uk2": lambda v: v.strftime("%d/%m/%y"),
    "mon": lambda v: v.strftime("%d-%b-%y"),
    "long": lambda v: v.strftime("%d %B %Y"),
    "dots": lambda v: v.strftime("%d.%m.%Y"),
    "time": lambda v: v.strftime("%d/%m/%Y 00:00"),
    "serial": lambda v: str((v - dt.date(1899, 12, 30)).days),
    "pound": lambda v: f"£{pounds(v)} ",
    "comma": lambda v: f" {pounds(v)} ",
    "minus": lambda v: f"{pounds(v)}-",
    "bracket": lambda v: f"({pounds(v)})",
    "cr": lambda v: f"{pounds(v)} CR",
}  # fmt: skip
MAKES: dict[str, Callable[[int], Any]] = {
    "date": day,
    "payment_date": day,
    "date_awarded": day,
    "start_date": lambda row: day(row, dt.date(2024, 1, 8)),
    "end_date": lambda row: day(row, dt.date(2027, 1, 8)),
    "review_date": lambda row: day(row, dt.date(2026, 6, 8)),
    "decision_date": lambda row: day(row, dt.date(2025, 6, 8)),
    "effective_date": lambda row: dt.date(2025, 6, 30),
    "median_date": lambda row: dt.date(2025, 3, 31),
    "FirstAddedDate": lambda row: dt.date(2017, 12, 15),
    "LastUpdatedDate": lambda row: dt.date(2025, 12, 31),
    "PermissionDate": lambda row: dt.date(2021, 5, 15),
    "amount": amount,
    "value": lambda row: amount(row) + 6000,
    "estimated_value": lambda row: amount(row) + 6000,
    "irrecoverable_vat": lambda row: 0.0,
    "beneficiary": lambda row: COMPANIES[row % len(COMPANIES)],
    "supplier": lambda row: COMPANIES[row % len(COMPANIES)],
    "department": lambda row: DEPARTMENTS[row % 5],
    "purpose": lambda row: WORDS[row % 10],
    "description": lambda row: f"{WORDS[row % 10]}, lot {row + 1}",
    "title": lambda row: f"{WORDS[row % 10]} {row + 1}",
    "transaction_number": lambda row: f"50{row:06}",
    "supplier_id": lambda row: f"{400100 + row}",
    "merchant_category": lambda row: ("Stationery", "Hotels", "Rail", "Software")[row % 4],
    "organisation": lambda row: "Aireborough Council",
    "organisation_code": lambda row: "E08000035",
    "capital_or_revenue": lambda row: "R",
    "reference": lambda row: f"DN{500100 + row}",
    "process_type": lambda row: ("Open tender", "Quotation")[row % 2],
    "supplier_type": lambda row: ("SME", "VCSE", "Neither")[row % 3],
    "company_number": lambda row: f"{row + 1234567:08}",
    "charity_number": lambda row: f"{1100000 + row}",
    "cpv_code": lambda row: "72000000-5",
    "job_title": lambda row: ("Director of Resources", "Head of Legal", "City Solicitor")[row % 3],
    "salary_band": lambda row: f"£{50000 + 5000 * (row % 9):,} - £{54999 + 5000 * (row % 9):,}",
    "salary_ceiling": lambda row: 98000.0,
    "grade": lambda row: f"SM{row % 4 + 1}",
    "contract_type": lambda row: "Permanent",
    "contact": lambda row: "0300 123 4000",
    "reports_to": lambda row: "Chief Executive",
    "employees": lambda row: row + 1,
    "responsibilities": lambda row: "Finance, audit and procurement",
    "budget": lambda row: 1200000.0,
    "staff": lambda row: 40,
    "bonuses": lambda row: 0.0,
    "benefits": lambda row: 0.0,
    "uprn": lambda row: f"{100051234500 + row}",
    "asset_id": lambda row: f"PR{row:05}",
    "name": lambda row: f"Depot {row + 1}",
    "street_number": lambda row: f"{row + 1}",
    "street": lambda row: "High Street",
    "street_address": lambda row: "High Street",
    "locality": lambda row: "Yeadon",
    "post_town": lambda row: "Leeds",
    "postcode": lambda row: "LS19 7PP",
    "easting": lambda row: 420000.0 + row,
    "northing": lambda row: 440000.0 + row,
    "geox": lambda row: 420000.0 + row,
    "geoy": lambda row: 440000.0 + row,
    "GeoX": lambda row: 420000.0 + row,
    "GeoY": lambda row: 440000.0 + row,
    "tenure": lambda row: ("Freehold", "Leasehold")[row % 2],
    "tenure_detail": lambda row: "Occupied by the council",
    "land_only": lambda row: ("Land only", "Land with building")[row % 2],
    "size": lambda row: 1.25,
    "year": lambda row: "2024/25",
    "kind": lambda row: ("Income", "Expenditure")[row % 2],
    "category": lambda row: f"Pay and display {row + 1}",
    "location": lambda row: f"Car park {row + 1}",
    "spaces": lambda row: 40 + row,
    "free_spaces": lambda row: 4,
    "charged_spaces": lambda row: 30,
    "estimated": lambda row: "No",
    "period": lambda row: "April 2025 to March 2026",
    "registration_number": lambda row: f"{1100000 + row}",
    "vcse_category": lambda row: "Charity",
    "representatives": lambda row: 12.0,
    "representatives_fte": lambda row: 11.4,
    "half_time_representatives": lambda row: 2.0,
    "half_time_representatives_fte": lambda row: 1.5,
    "unions": lambda row: "UNISON, GMB, Unite",
    "spending": lambda row: 84000.0,
    "spending_percent": lambda row: 0.04,
    "occasions_powers_used": lambda row: 3.0,
    "employees_fte": lambda row: 3.5,
    "specialists": lambda row: 2.0,
    "specialists_fte": lambda row: 2.0,
    "cases": lambda row: 40.0,
    "highest_earnings": lambda row: 182000.0,
    "median_earnings": lambda row: 28000.0,
    "multiple": lambda row: 6.5,
    "url": lambda row: f"https://www.aireborough.example/part-{row + 1}",
    "documentation_url": lambda row: f"https://planning.aireborough.example/{row + 1}",
    "SiteplanURL": lambda row: f"https://www.aireborough.example/plan-{row + 1}",
    "postal_sector": lambda row: f"LS{row % 9 + 1} {row % 9 + 1}",
    "value_band": lambda row: "£40,000 to £59,999",
    "homes": lambda row: 40 + row,
    "euv_total": lambda row: 900000.0,
    "euv_mean": lambda row: 22500.0,
    "market_total": lambda row: 2400000.0,
    "market_mean": lambda row: 60000.0,
    "tenanted_percent": lambda row: 97.5,
    "vacant_percent": lambda row: 2.5,
    "OrganisationURI": lambda row: "http://opendatacommunities.org/id/metropolitan-district-council/leeds",
    "OrganisationLabel": lambda row: "Aireborough",
    "SiteReference": lambda row: f"BLR{row:03}",
    "SiteNameAddress": lambda row: f"Former mill {row + 1}, Kirk Lane",
    "CoordinateReferenceSystem": lambda row: "OSGB36",
    "Hectares": lambda row: 0.45,
    "OwnershipStatus": lambda row: ("owned by a public authority", "not owned by a public authority")[row % 2],
    "Deliverable": lambda row: "yes",
    "PlanningStatus": lambda row: "permissioned",
    "PermissionType": lambda row: "full planning permission",
    "PlanningHistory": lambda row: "https://planning.aireborough.example/21",
    "NetDwellingsRangeFrom": lambda row: 5,
    "NetDwellingsRangeTo": lambda row: 12,
    "HazardousSubstances": lambda row: "no",
    "Notes": lambda row: "Cleared",
    "address": lambda row: f"{row + 1} Mill Lane, Yeadon",
    "application_type": lambda row: "Householder",
    "decision": lambda row: "Approved",
    "ward": lambda row: "Guiseley",
    "licence_number": lambda row: f"PREM/{row:05}",
    "premises_name": lambda row: f"The Royal Oak {row + 1}",
    "licence_type": lambda row: "Premises licence",
    "activities": lambda row: "Sale of alcohol",
    "status": lambda row: "Current",
    "licence_holder": lambda row: COMPANIES[row % len(COMPANIES)],
    "accessible": lambda row: "Yes",
    "radar_key": lambda row: "No",
    "baby_change": lambda row: "Yes",
    "opening_hours": lambda row: "08:00-18:00",
    "charge": lambda row: 0.2,
    "procurement_card": lambda row: ("No", "Yes")[row % 2],
    "PreviouslyPartOf": lambda row: f"BLR{row + 500}",
    "find_tender_id": lambda row: f"ocds-h6vhtk-{row:06}",
    "gss_coverage": lambda row: "E08000035",
    "applicant": lambda row: "Aireborough Homes Ltd",
    "agent": lambda row: "Kirk Lane Architects",
    "irregularity_cases": lambda row: 4.0,
    "occasions_identified": lambda row: 9.0,
    "value_detected": lambda row: 91000.0,
    "value_recovered": lambda row: 22000.0,
    "EndDate": lambda row: dt.date(2025, 12, 31),
    "managed_by": lambda row: "Aireborough Council",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    header: str
    field: str
    dress: str


@dataclass
class Plant:
    """A cell that is wrong: in which row (from 0), under which header, what stands there, and the rule that says so."""

    row: int
    header: str
    value: str
    rule: str | None


@dataclass
class File:
    """A council's file. ``above``, ``below``: rows before the header and after the last one, with the rules they break."""

    name: str
    table: str
    columns: str
    rows: int = 24
    plants: list[Plant] = field(default_factory=list)
    above: list[list[str]] = field(default_factory=list)
    below: list[tuple[list[str], str | None]] = field(default_factory=list)
    between: dict[int, tuple[list[str], str]] = field(default_factory=dict)
    lead: int = 0
    trail: int = 0
    encoding: str = "utf-8"
    delimiter: str = ","
    newline: str = "\r\n"
    dates: Callable[[dt.date], object] = field(default=lambda value: value)

    def parsed(self) -> list[Column]:
        found = []
        for part in self.columns.split("|"):
            header, _, rest = part.rpartition("=")
            name, _, dress = rest.partition(":")
            found.append(Column(header.replace("\\n", "\n"), name, dress or "plain"))
        return found

    def cell(self, column: Column, row: int) -> object:
        if column.field == "null":
            return ""
        made = MAKES[column.field](row) if column.field else f"x{row % 3}"
        return made if column.dress == "plain" else DRESS[column.dress](made)

    def grid(self) -> list[list[object]]:
        """All rows of the file, header and what stands around the table too."""
        columns = self.parsed()
        body: list[list[object]] = [[self.cell(each, row) for each in columns] for row in range(self.rows)]
        for plant in self.plants:
            body[plant.row][[each.header for each in columns].index(plant.header)] = plant.value
        pad: list[object] = [""] * self.lead
        blank: list[object] = [""] * (self.lead + len(columns))
        rows = [pad + [each.header for each in columns]]
        for number, cells in enumerate(body):
            if number in self.between:
                rows.append(pad + _wide(self.between[number][0], len(columns)))
            rows.append(pad + cells)
        rows += [pad + _wide(cells, len(columns)) for cells, _ in self.below]
        above = [pad + _wide(each, len(columns)) for each in self.above]
        return [*above, *rows, *([blank] * self.trail)]

    def line(self, row: int) -> int:
        """Where a row of the table stands in the file (headers with line breaks take several lines of a text)."""
        extra = sum(number <= row for number in self.between)
        return len(self.above) + 2 + row + extra + (0 if self.is_book else self.breaks)

    @property
    def breaks(self) -> int:
        return max(0, sum(each.header.count("\n") for each in self.parsed()))

    @property
    def is_book(self) -> bool:
        return self.name.endswith(".xlsx")

    def write(self, folder: Path) -> Path:
        path = folder / self.name
        if self.is_book:
            self.book(path)
            return path
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=self.delimiter, lineterminator=self.newline)
        writer.writerows([[text(cell) for cell in row] for row in self.grid()])
        path.write_bytes(out.getvalue().encode(self.encoding))
        return path

    def book(self, path: Path) -> None:
        made = openpyxl.Workbook()
        sheet = made.active
        assert sheet is not None
        sheet.title = "Data"
        for row in self.grid():
            sheet.append([None if cell == "" else cell for cell in row])
        notes = made.create_sheet("Notes", 0)
        notes.append(["Spending of the council"])
        notes.append(["Amounts are without VAT. Redacted rows are explained on our website."])
        hidden = made.create_sheet("Lookup")
        hidden.append([each.header for each in self.parsed()])
        hidden.append(["old"] * len(self.parsed()))
        hidden.sheet_state = "hidden"
        made.save(path)


def _wide(cells: list[str], width: int) -> list[object]:
    return [*cells, *([""] * (width - len(cells)))]


def text(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:.2f}"
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell)
