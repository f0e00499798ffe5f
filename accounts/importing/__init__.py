"""Many people from a file of the campus.

``encodings``, ``columns`` and ``reading`` are pure: bytes in, facts or problems out;
``services`` brings them into the database, ``uploads`` and ``tasks`` do so for a file from the administration.
"""
