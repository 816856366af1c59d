"""The results of a policy test as a file: a row for each user, with what became of them.

forms       the formats that there are, and a writer for each
formulas    texts that a spreadsheet would execute, made harmless
csv_text    rows as CSV, for people and their spreadsheets
lines       rows as NDJSON, for programs
parquet     rows as Parquet, for tables of many millions; needs the extra `parquet`
progress    an export of results, as clients see it

A writer takes some rows at a time and gives the bytes that are ready: none keeps more than one group of rows.
Does not belong here: where the rows come from, where the bytes go.
"""
