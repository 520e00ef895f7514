"""Text into vectors: chunks of new text, the models that embed them, and the long stage `embed`.

Owns the tables `embedding_model`, `chunk`, `chunk_vector` and `message_indexed`; handles `EmbedMessage`.
"""
