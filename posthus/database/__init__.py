"""The one database: pools, transactions, named SQL, migrations and the embedded server.

Owns the table `supabase_migrations.schema_migrations`, shared with the Supabase command line.
"""
