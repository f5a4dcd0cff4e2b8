"""Files for other programs: spreadsheets, statistics, qualitative analysis, catalogues, reference managers."""
