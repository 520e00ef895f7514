"""The sample workspace: letters, chats and form answers of one fictitious Danish company, told relative to now.

The words are in `people.txt` and `conversations/*.txt` (format: docs/sample.md); `build.build_sample` makes deliveries of them.
"""
