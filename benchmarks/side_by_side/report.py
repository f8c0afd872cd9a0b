def write_report(results, output, quick):
    pass
