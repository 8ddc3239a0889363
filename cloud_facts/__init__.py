"""Facts about the clouds: regions, zones, machine types, images, prices. Data with a date and its sources.

The product and the embedded cloud read the same tables. A folder a cloud; each table is a data file and a module of
the same name, which reads it when it is first asked for. Imports nothing of either.
"""
