"""One module for each field (authors, agencies, dates, titles, URLs), whatever the evidence came from."""
