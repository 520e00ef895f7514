"""How things arrive: webhooks, mail and mailboxes become events, durably, before anyone is told yes.

Owns the tables source, event, seen_mail and import_progress; puts the job FileEvent.
"""
