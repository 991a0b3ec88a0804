"""Files in the shapes of some fifty councils: recognised, each header understood, each planted error found once, none invented."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from council_schemas_files import COMPANIES, File, Plant

from ckanext.council_schemas.check import Limits, Report, check_file, tables
from ckanext.council_schemas.check.command import check
from ckanext.council_schemas.check.recognise import recognise
from ckanext.council_schemas.check.tidy import TidyError, tidy

TODAY = date(2026, 11, 26)
SPEND, CARD, GRANTS, PAY = "expenditure-over-500", "procurement-card", "grants-vcse", "senior-salaries"
LAND, CHART = "land-and-building-assets", "organisation-chart"
# What a machine puts right, and what it cannot.
MENDED = {"title-rows", "blank-row", "repeated-header", "empty-column", "encoding", "total-row", "note-row", "date-format", "number-format", "byte-order-mark"}  # fmt: skip
UNASKED = {
    "recommended",
    "below-threshold",
    "missing-column",
    "encoding",
    "date-format",
    "number-format",
    "empty-column",
}
NO_COMPANY = "Summary of purpose=purpose|Dept=department|Supplier=beneficiary|Net £=amount:comma"
FILES = [
    # Spend
    File("leeds_lga.csv", SPEND, "Organisation Code=organisation_code|Organisation Label=organisation|Effective Date=effective_date:uk|Organisational Unit=department|Service Division Label=|Category Internal Name=purpose|Payment Date=payment_date:uk|Transaction Number=transaction_number|Irrecoverable VAT Amount=irrecoverable_vat|Amount=amount|Capital Or Revenue=capital_or_revenue|Beneficiary Name=beneficiary|Procurement Card=procurement_card",
         plants=[Plant(3, "Amount", "twelve", "type"), Plant(9, "Beneficiary Name", "", "required")]),
    File("leeds_empty_columns.csv", SPEND, "Body=|Body name=organisation|Service label=department|Expenditure category=purpose|Date paid=payment_date:uk|Transaction number=transaction_number|Net amount=amount|Capital or revenue=capital_or_revenue|Supplier name=beneficiary|=null|=null|=null",
         plants=[Plant(0, "Date paid", "31/02/2025", "type")], encoding="cp1252"),
    File("bristol_titles.csv", SPEND, "Body Name=organisation|Service Area=department|Expense Type=purpose|Payment Date=payment_date:uk|Transaction Number=transaction_number|Net Amount (£)=amount:pound|Supplier Name=beneficiary", above=[["Payments to suppliers over £500"], ["April to June 2025"]], encoding="cp1252",
         plants=[Plant(5, "Payment Date", "2025-13-01", "type")]),
    File("camden_socrata.csv", SPEND, "Organisation=organisation|Directorate=department|Expense Description=purpose|Supplier Name=beneficiary|Payment Date=payment_date:uk|Transaction Number=transaction_number|Amount=amount", encoding="utf-8-sig",
         plants=[Plant(2, "Supplier Name", "REDACTED PERSONAL DATA", "withheld")]),
    File("manchester_total.csv", SPEND, "Directorate=department|Service=|Supplier Name=beneficiary|Invoice Payment Date=payment_date:uk|TransactionNo=transaction_number|Net Amount=amount:comma|Description=purpose", below=[(["Grand Total", "", "", "", "", "812,500.00", ""], "total-row")]),
    File("birmingham_clearing.csv", SPEND, "Vendor=|Vendor Name=beneficiary|Directorate=department|Document Number=transaction_number|Clearing date=payment_date:dots|Gross Amount=|VAT Amount=|Net Amount=amount:minus|ProClass description=merchant_category|Purpose of Spend=purpose"),
    File("trafford_full.csv", SPEND, "Body Name=organisation|Body=|Service Label=department|Organisational Unit=|Expenditure category=purpose|Date=payment_date|Transaction Number=transaction_number|Amount=amount|Capital or revenue=capital_or_revenue|Supplier Name=beneficiary|Supplier ID=supplier_id|Contract ID=|Procurement category=merchant_category"),
    File("cambridge_semicolons.csv", SPEND, "Service=department|Expense type=purpose|Supplier=beneficiary|Date=payment_date:long|Transaction No.=transaction_number|Amount £=amount:comma", delimiter=";", encoding="cp1252"),
    File("essex_tabs.txt", SPEND, "Body Name=organisation|Service Area=department|Expense Type=purpose|Date=payment_date:mon|Transaction Number=transaction_number|Amount (£)=amount|Supplier Name=beneficiary", delimiter="\t",
         plants=[Plant(4, "Amount (£)", "1.234,50", "type")]),
    File("kent_utf16.csv", SPEND, "Date of payment=payment_date:uk|Directorate=department|Supplier Name=beneficiary|Cost element description=purpose|Amount excl. VAT (£)=amount:bracket|Card transaction=procurement_card", encoding="utf-16"),
    File("cornwall_serials.csv", SPEND, "Service=department|Division=|Expenditure Category=purpose|Payment Date=payment_date:serial|Transaction No=transaction_number|Amount (£s)=amount|Supplier name=beneficiary",
         plants=[Plant(11, "Payment Date", "04/25/2025", "type")]),
    File("hackney_vat.csv", SPEND, "Directorate=department|Description of spend=purpose|Beneficiary=beneficiary|Date Paid=payment_date:uk|Amount Paid (Net of recoverable VAT)=amount|VAT not recoverable=irrecoverable_vat|Merchant category=merchant_category"),
    File("barnet_blank_rows.csv", SPEND, "Vendor name=beneficiary|Post date=payment_date:uk|Line description=purpose|Service area=department|Amount in £=amount", trail=1500),
    File("redbridge_month.csv", SPEND, "Directorate=department|Supplier Name=beneficiary|Paid Date=payment_date:uk|Purpose=purpose|Net=amount",
         plants=[Plant(7, "Paid Date", "April 2025", "type"), Plant(8, "Net", "£", "type")]),
    File("calderdale_breaks.csv", SPEND, "Body\\nname=organisation|Directorate=department|Transaction\\nnumber=transaction_number|Payment\\ndate=payment_date:uk|Amount\\nex VAT (£)=amount|Supplier name=beneficiary|Purpose of spend.=purpose"),
    File("stockport_capitals.csv", SPEND, "ORGANISATION NAME=organisation|EFFECTIVE DATE=effective_date|DIRECTORATE=department|EXPENDITURE CATEGORY=purpose|PAYMENT DATE=payment_date|TRANSACTION NUMBER=transaction_number|NET AMOUNT=amount|SUPPLIER NAME=beneficiary|SUPPLIER ID=supplier_id"),
    File("sheffield_credit_notes.csv", SPEND, "Portfolio=|Service=department|Expenditure category=purpose|Payment date=payment_date:uk|Trans. No.=transaction_number|Net amount (excluding VAT)=amount|Supplier=beneficiary",
         plants=[Plant(1, "Net amount (excluding VAT)", "-1250.00", None), Plant(6, "Net amount (excluding VAT)", "-", "required")]),
    File("wiltshire_lead.csv", SPEND, "Service Area=department|Supplier name=beneficiary|Expense description=purpose|Payment date=payment_date:uk2|Amount=amount:pound", lead=2, above=[["Wiltshire Council"]], encoding="cp1252"),
    File("gloucestershire_notes.csv", SPEND, NO_COMPANY + "|Paid on=|Payment Date=payment_date:uk", below=[(["Notes: amounts are net of VAT"], "note-row"), (["Contact: finance team"], "note-row")]),
    File("norfolk_again.csv", SPEND, "Supplier Name=beneficiary|Date=payment_date|Department=department|Purpose=purpose|Amount=amount", between={12: (["Supplier Name", "Date", "Department", "Purpose", "Amount"], "repeated-header")}),
    File("cardiff_two_languages.csv", SPEND, "Dyddiad / Date=payment_date:uk|Adran / Department=department|Enw'r Cyflenwr / Supplier Name=beneficiary|Pwrpas / Purpose=purpose|Swm / Amount (£)=amount"),
    File("gwynedd_welsh.csv", SPEND, "Dyddiad Talu=payment_date:uk|Gwasanaeth=department|Cyflenwr=beneficiary|Disgrifiad=purpose|Swm=amount", encoding="cp1252"),
    File("hmt_camel.csv", SPEND, "OrganisationLabel=organisation|EffectiveDate=effective_date|OrganisationalUnit=department|BeneficiaryName=beneficiary|PaymentDate=payment_date|TransactionNumber=transaction_number|Amount=amount|IrrecoverableVATAmount=irrecoverable_vat|Purpose=purpose|MerchantCategory=merchant_category"),
    File("luton_book.xlsx", SPEND, "Supplier Name=beneficiary|Date Paid=payment_date|Directorate=department|Detail=purpose|Net Amount=amount", above=[["Luton: payments over £500"], [""]],
         plants=[Plant(3, "Date Paid", "n/k", "type"), Plant(5, "Net Amount", "TBC", "type")], trail=400),
    # Procurement cards
    File("birmingham_cards.csv", CARD, "TRANS DATE=payment_date:uk|TRANS VAT DESC=|ORIGINAL GROSS AMT=|ORIGINAL CUR=|BILLING GROSS AMT=amount|BILLING CUR CODE=|MERCHANT NAME=beneficiary|TRANS CAC CODE 1=|TRANS CAC DESC 1=merchant_category|Directorates=department|Purpose=purpose"),
    File("purchase_card_q1.csv", CARD, "Transaction Date=payment_date:mon|Merchant=beneficiary|Merchant Category Description=merchant_category|Net=amount:comma|VAT=|Directorate=department|Expenditure description=purpose",
         plants=[Plant(4, "Merchant Category Description", "", "required"), Plant(6, "Net", "0.00", "zero-amount")]),
    File("pcard_code_words.csv", CARD, "Date of transaction=payment_date|Local authority department which incurred the expenditure=department|Beneficiary=beneficiary|Amount=amount|VAT that cannot be recovered=irrecoverable_vat|Summary of the purpose of the expenditure=purpose|Merchant category (eg. computers, software etc.)=merchant_category"),
    # Contracts, tenders, waste
    File("contracts_code_words.csv", "contracts", "Reference number=reference|Title of agreement=title|Local authority department responsible=department|Description of the goods and/or services being provided=description|Supplier name and details=supplier|Sum to be paid over the length of the contract=value|Value-added tax that cannot be recovered=irrecoverable_vat|Start date=start_date|End date=end_date|Review date=review_date|Whether or not the contract was the result of an invitation to quote or a published invitation to tender=process_type|Whether or not the supplier is a small or medium sized enterprise and/or a voluntary or community sector organisation=supplier_type|Registration number=company_number",
         plants=[Plant(2, "Start date", "01/13/2025", "type"), Plant(5, "Registration number", "12", None), Plant(6, "Registration number", "none yet", "identifier")]),
    File("contracts_register.xlsx", "contracts", "Contract Ref No=reference|Contract Title=title|Directorate=department|Contract Description=description|Supplier(s)=supplier|Total Contract Value (£)=value|Start Date=start_date|Expiry Date=end_date|Extension Options=|Procurement Method=process_type|SME/VCSE?=supplier_type|Company No.=company_number",
         plants=[Plant(1, "Total Contract Value (£)", "Various", "type")]),
    File("proactis.csv", "contracts", "Contract Reference Number=reference|Agreement Title=title|Service Area=department|Description=description|Name of Supplier=supplier|Estimated total value=value:pound|Contract start date=start_date:uk|Contract end date=end_date:uk|Review date=review_date:uk|Process used=process_type|Is supplier an SME?=supplier_type|CPV code(s)=cpv_code", encoding="cp1252",
         plants=[Plant(8, "CPV code(s)", "7200", "identifier")]),
    File("tenders.csv", "invitations-to-tender", "Tender Ref=reference|Tender Name=title|Description=description|Published Date=start_date:uk|Closing Date=end_date:uk|Service=department|Estimated contract value (£)=estimated_value:comma|CPV code(s)=cpv_code",
         plants=[Plant(0, "Tender Name", "", "required")]),
    File("waste_contracts.csv", "waste-contracts", "Contract Ref=reference|Contract title=title|Department=department|Description=description|Contractor=supplier|Contract value (£)=value:comma|Start date=start_date:uk|End date=end_date:uk|Review date=review_date:uk|Procurement process=process_type|SME or VCSE=supplier_type|Company number=company_number", rows=4),
    # People
    File("senior_salaries.csv", PAY, "Directorate=department|Job Title=job_title|Salary Band (£5k)=salary_band|Number of posts=employees",
         plants=[Plant(1, "Salary Band (£5k)", "£50k - £55k", None), Plant(2, "Salary Band (£5k)", "£50,001 to £55,000", None), Plant(3, "Salary Band (£5k)", "50000-54999.99", None), Plant(4, "Salary Band (£5k)", "£60,000 - £69,999", "salary-band"), Plant(5, "Salary Band (£5k)", "SCP 45", "salary-band"), Plant(6, "Number of posts", "two", "type")]),
    File("senior_named.csv", PAY, "Post title=job_title|Name=name|Salary (in bands of £5,000)=salary_band|Services and functions responsible for=responsibilities|Budget held=budget|Number of staff=staff|Bonus details=bonuses|Benefits-in-kind=benefits",
         plants=[Plant(0, "Name", "", None), Plant(3, "Salary (in bands of £5,000)", "£160,000 - £164,999", None), Plant(7, "Salary (in bands of £5,000)", "£40,000 - £44,999", "salary-band")]),
    File("organisation_chart.csv", CHART, "Grade=grade|Job title=job_title|Local authority department and team=department|Whether permanent or temporary staff=contract_type|Contact details=contact|Salary in £5,000 brackets=salary_band|Salary ceiling (the maximum salary for the grade)=salary_ceiling:comma|Reports to=reports_to",
         plants=[Plant(2, "Grade", "", "required"), Plant(3, "Salary in £5,000 brackets", "£30,000 - £49,999", "salary-band")]),
    # Land, parking, grants
    File("land_lga.csv", LAND, "OrganisationLabel=organisation|UniqueAssetId=asset_id|UPRN=uprn|AssetName=name|StreetNumber=street_number|StreetAddress=street|PostTown=post_town|PostCode=postcode|GeoX=easting|GeoY=northing|TenureType=tenure|TenureDetail=tenure_detail|LandOnly=land_only|SizeValue=size|SizeMetric=|Purpose=purpose",
         plants=[Plant(1, "UPRN", "1.00051E+11", "identifier"), Plant(2, "PostCode", "LS197", "identifier"), Plant(4, "UniqueAssetId", "PR00003", "unique")]),
    File("land_code_words.xlsx", LAND, "Organisation Name=organisation|UPRN=uprn|Unique Asset Identity=asset_id|Name of the building/land or both=name|Street number=street_number|Street name=street|Post town=post_town|UK postcode=postcode|Map reference GeoX=easting|Map reference GeoY=northing|Whether the local authority owns the freehold or a lease=tenure|Whether or not the asset is land only=land_only"),
    File("parking_account.csv", "parking-account", "Financial year=year|Type=kind|Description=category|Amount (£)=amount:comma", rows=12, plants=[Plant(1, "Financial year", "last year", "type")]),
    File("parking_spaces.csv", "parking-spaces", "Location=location|On/off street=kind|Number of marked out parking spaces=spaces|Estimate?=estimated",
         plants=[Plant(3, "Number of marked out parking spaces", "c. 40", "type"), Plant(4, "Number of marked out parking spaces", "-5", "range"), Plant(5, "Estimate?", "maybe", "type")]),
    File("grants_360.csv", GRANTS, "Identifier=|Title=|Description=purpose|Currency=|Amount Awarded=amount|Award Date=date_awarded|Recipient Org:Name=beneficiary|Recipient Org:Charity Number=registration_number|Planned Dates:Duration (months)=period|Funding Org:Name=organisation|Funding Org:Department=department",
         plants=[Plant(2, "Amount Awarded", "5k", "type")]),
    File("grants_code_words.csv", GRANTS, "Date the grant was awarded=date_awarded:long|Time period for which the grant has been given=period|Local authority department which awarded the grant=department|Beneficiary=beneficiary|Beneficiary’s registration number=registration_number|Summary of the purpose of the grant=purpose|Amount=amount:pound", encoding="cp1252",
         plants=[Plant(6, "Date the grant was awarded", "Spring", "type")]),
    # One row a year
    File("facility_time.csv", "trade-union-facility-time", "Year=year|Number of union reps=representatives|Number of union reps (FTE)=representatives_fte|Reps spending 50% or more of time=half_time_representatives|Reps spending 50% or more of time (FTE)=half_time_representatives_fte|Union names=unions|Estimated spend=spending|Percentage of total pay bill=spending_percent", rows=3,
         plants=[Plant(1, "Percentage of total pay bill", "140", "range")]),
    File("fraud.csv", "fraud", "Year=year|Number of occasions powers were used=occasions_powers_used|Total number (absolute) of employees undertaking investigations and prosecutions of fraud=employees|Total number (full time equivalent) of employees undertaking investigations and prosecutions of fraud=employees_fte|Total number (absolute) of professionally accredited counter fraud specialists=specialists|Total number (full time equivalent) of professionally accredited counter fraud specialists=specialists_fte|Total amount spent by the authority on the investigation and prosecution of fraud=spending|Total number of fraud cases investigated=cases", rows=3,
         plants=[Plant(2, "Total number of fraud cases investigated", "-1", "range")]),
    File("pay_multiple.csv", "pay-multiple", "Financial year=year|Highest paid employee=highest_earnings:comma|Median earnings=median_earnings:comma|Pay multiple=multiple|Date of median=median_date:uk", rows=5, plants=[Plant(0, "Pay multiple", "0.4", "range")]),
    File("constitution.csv", "constitution", "Document title=title|Link=url|Last updated=date:uk", rows=9, plants=[Plant(2, "Link", "see website", "pattern")]),
    File("housing.csv", "social-housing-asset-value", "Postal Sector=postal_sector|Valuation band range=value_band|Total number of dwellings=homes|EUV-SH total=euv_total|EUV-SH average=euv_mean|Market value total=market_total|Market value average=market_mean|% occupied=tenanted_percent|% vacant=vacant_percent",
         plants=[Plant(1, "Total number of dwellings", "4", "small-sector"), Plant(2, "Postal Sector", "LS19 7PP", "identifier"), Plant(3, "% vacant", "250", "range")]),
    # Registers
    File("brownfield.csv", "brownfield-land", "OrganisationURI=OrganisationURI|OrganisationLabel=OrganisationLabel|SiteReference=SiteReference|PreviouslyPartOf=PreviouslyPartOf|SiteNameAddress=SiteNameAddress|SiteplanURL=SiteplanURL|CoordinateReferenceSystem=CoordinateReferenceSystem|GeoX=GeoX|GeoY=GeoY|Hectares=Hectares|OwnershipStatus=OwnershipStatus|Deliverable=Deliverable|PlanningStatus=PlanningStatus|PermissionType=PermissionType|PermissionDate=PermissionDate|PlanningHistory=PlanningHistory|ProposedForPIP=|NetDwellingsRangeFrom=NetDwellingsRangeFrom|NetDwellingsRangeTo=NetDwellingsRangeTo|HazardousSubstances=HazardousSubstances|SiteInformation=|Notes=Notes|FirstAddedDate=FirstAddedDate|LastUpdatedDate=LastUpdatedDate",
         plants=[Plant(0, "PlanningStatus", "granted", "enum"), Plant(1, "SiteplanURL", "plan.pdf", "pattern"), Plant(2, "Hectares", "-0.2", "range"), Plant(5, "SiteReference", "BLR004", "unique")]),
    File("planning_socrata.csv", "planning-applications", "Application Number=reference|Development Address=address|Development Description=description|Application Type=application_type|Valid From Date=start_date:uk|Decision Date=decision_date:uk|Decision Type=decision|Ward=ward|Easting=geox|Northing=geoy|Full Application=documentation_url",
         plants=[Plant(3, "Decision Date", "pending", "type"), Plant(4, "Full Application", "on request", "pattern")]),
    File("premises.csv", "premises-licences", "Licence Number=licence_number|Premises Name=premises_name|Premises Address=address|Postcode=postcode|Licence Holder=licence_holder|Licensable Activities=activities|Date of Grant=start_date:uk|Status=status|Licence Type=licence_type",
         plants=[Plant(2, "Postcode", "Leeds", "identifier"), Plant(9, "Licence Number", "PREM/00002", "unique")]),
    File("toilets.csv", "public-toilets", "LocationText=name|StreetAddress=street_address|LocalityAddress=locality|Postcode=postcode|GeoX=geox|GeoY=geoy|AccessibleCategory=accessible|RADARKeyNeeded=radar_key|BabyChange=baby_change|ChargeAmount=charge|OpeningHours=opening_hours|ManagedBy=managed_by",
         plants=[Plant(1, "RADARKeyNeeded", "ask", "type"), Plant(2, "ChargeAmount", "-0.2", "range")]),
]  # fmt: skip


@dataclass
class Case:
    file: File
    path: Path
    report: Report


@pytest.fixture(scope="module", params=FILES, ids=[each.name for each in FILES])
def case(request, tmp_path_factory):
    """A file and its report, made once for all tests."""
    path = request.param.write(tmp_path_factory.mktemp("council"))
    return Case(request.param, path, checked(path, request.param))


def checked(path, file):
    return check_file(path, tables.get(file.table), today=TODAY, limits=Limits(problems=5000))


def planted(file):
    """What is to be found: (rule, line, header), and how often what stands in every row."""
    found = [(each.rule, file.line(each.row), each.header) for each in file.plants if each.rule]
    if any(any(row) for row in file.above):
        found.append(("title-rows", 1, None))
    found += [("blank-row", number, None) for number, row in enumerate(file.above, 1) if not any(row)]
    last = file.line(file.rows - 1)
    found += [(rule, last + 1 + n, None) for n, (_, rule) in enumerate(file.below) if rule]
    found += [(rule, file.line(row) - 1, None) for row, (_, rule) in file.between.items()]
    blank = last + len(file.below)
    return found + [("blank-row", blank + 1 + n, None) for n in range(0 if file.is_book else file.trail)]


def test_the_set_is_recognised(case):
    found = recognise(case.path)
    assert found is not None and found.code == case.file.table


def test_each_header_is_understood(case):
    file, report = case.file, case.report
    meant = [each.field if each.field != "null" else "" for each in file.parsed()]
    assert [column.field or "" for column in report.columns][file.lead :] == meant
    assert report.rows == file.rows + len(file.below)


def test_what_is_planted_is_found_once_and_nothing_else(case):
    file, report = case.file, case.report
    assert not report.stopped
    found = [(each.rule, each.line, each.column) for each in report.problems if each.rule not in UNASKED]
    assert sorted(found, key=str) == sorted(planted(file), key=str)
    assert Counter(report.counts)["blank-row"] == sum(rule == "blank-row" for rule, *_ in planted(file))


def test_a_missing_column_is_told_of_once(case):
    file, report = case.file, case.report
    here = {each.field for each in file.parsed()}
    due = [each.name for each in tables.get(file.table) if each.required and each.name not in here]
    missing = [each for each in report.problems if each.rule == "missing-column" and each.severity == "error"]
    assert sorted(each.value for each in missing) == sorted(due)


def test_a_tidied_copy_needs_a_person_only_for_what_was_planted(case, tmp_path):
    out = tmp_path / "tidied.csv"
    tidy(case.path, out, tables.get(case.file.table))
    after = checked(out, case.file)
    left = {rule: count for rule, count in case.report.counts.items() if rule not in MENDED}
    assert dict(after.counts) == left
    assert after.valid is not any(each.severity == "error" for each in after.problems)
    assert not set(after.counts) & MENDED


def test_no_company_is_taken_for_a_person(tmp_path):
    file = File("all.csv", SPEND, NO_COMPANY + "|Date=payment_date", rows=len(COMPANIES))
    assert checked(file.write(tmp_path), file).personal == 0


SPLIT = {
    "merged": "Payment,,Supplier,,Net\nDate,Department,Name,Purpose,Amount\n",
    "halves": "Payment,Service,Supplier,Expense,Amount\nDate,Area,Name,Type,(£)\n",
}
ROW = "2025-04-01,Resources,Kier Ltd,Repairs,750.50\n"


@pytest.mark.parametrize("head", SPLIT.values(), ids=SPLIT)
def test_a_header_of_two_rows_is_read_as_one(tmp_path, head):
    path = tmp_path / "two.csv"
    path.write_text(f"Spending\n{head}{ROW}{ROW.replace('750.50', 'x')}", encoding="utf-8")
    report = check_file(path, tables.get(SPEND))
    assert {each.field for each in report.columns} >= {"payment_date", "department", "beneficiary", "purpose", "amount"}
    told = [(each.rule, each.line) for each in report.problems if each.severity == "error"]
    assert told == [("title-rows", 1), ("split-header", 2), ("type", 5)]
    assert report.rows == 2 and report.header_line == 2
    tidy(path, tmp_path / "out.csv", tables.get(SPEND))
    after = check_file(tmp_path / "out.csv", tables.get(SPEND))
    assert [each.rule for each in after.problems if each.severity == "error"] == ["type"]


def test_a_row_of_data_is_no_second_row_of_the_header(tmp_path):
    # "Staff" and "Total" are headers elsewhere, and data here.
    path = tmp_path / "one.csv"
    path.write_text("Type,Heading,Note,Amount\nIncome,Staff,Total,n/a\nIncome,Fines,Year,20\n", encoding="utf-8")
    report = check_file(path, tables.get("parking-account"))
    assert report.rows == 2 and "split-header" not in report.counts


@pytest.mark.parametrize(
    "row", [",,,,1550.50", "Sub Total,,,,1550.50", ",,,Total:,1550.50", "TOTAL EXPENDITURE,,,,1550.50"]
)
def test_a_sum_below_the_table_is_told_of_once(tmp_path, row):
    path = tmp_path / "sum.csv"
    path.write_text(f"Payment Date,Department,Supplier,Purpose,Amount\n{ROW}{row}\n", encoding="utf-8")
    report = check_file(path, tables.get(SPEND))
    assert [(each.rule, each.line) for each in report.problems if each.severity == "error"] == [("total-row", 3)]


def test_a_file_of_no_set_is_recognised_as_none(tmp_path):
    path = tmp_path / "bins.csv"
    path.write_text("street,bin day,round\nMill Lane,Monday,4\n", encoding="utf-8")
    assert recognise(path) is None
    path.write_bytes(b"%PDF-1.7")
    assert recognise(path) is None


def test_the_command_says_what_a_file_looks_like(tmp_path):
    path = FILES[0].write(tmp_path)
    told = CliRunner().invoke(check, [str(path)])
    assert "It looks like: Spending over £500. Check it so with --as spend." in told.output
    told = CliRunner().invoke(check, [str(path), "--as", "auto"])
    assert "as Spending over £500" in told.output and told.exit_code == 1
    path.write_text("street,bin day\nMill Lane,Monday\n", encoding="utf-8")
    assert CliRunner().invoke(check, [str(path), "--as", "auto"]).exit_code == 2


def test_several_sheets_of_one_kind_are_not_passed_over_in_silence(tmp_path):
    book = openpyxl.Workbook()
    for number, name in enumerate(["April", "May", "June", "Old"]):
        sheet = book.worksheets[0] if not number else book.create_sheet()
        sheet.title = name
        sheet.append(["Payment Date", "Department", "Supplier", "Purpose", "Amount"])
        sheet.append([date(2025, 4 + number, 1), "Resources", "Kier Ltd", "Repairs", 750.5])
    book["Old"].sheet_state = "hidden"
    book.create_sheet("Empty").append(["Payment Date", "Department", "Supplier", "Purpose", "Amount"])
    path = tmp_path / "months.xlsx"
    book.save(path)
    report = check_file(path, tables.get(SPEND))
    assert [(each.rule, each.value) for each in report.problems if each.severity == "error"] == [
        ("more-sheets", "May, June")
    ]
    assert report.sheet == "April" and not report.valid
    with pytest.raises(TidyError, match="May, June"):
        tidy(path, tmp_path / "out.csv", tables.get(SPEND))
