"""Finding messages by words and by meaning: analysing, planning, fusing, and snippets that say why.

Owns no table; reads `message`, `chunk_vector` and the views of its own migration.
"""
