"""What arrived events mean: parsing, companies and contacts, conversations, and reading them back.

Owns company, contact, conversation, message, blob and attachment tables; jobs FileEvent and LinkMessage.
"""
