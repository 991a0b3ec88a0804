"""Metadata of many datasets out to a spreadsheet and in from one, with a preview of every change before it runs."""
