"""Every shape that crosses the API, as OpenAPI shows it; lists answer `{"items", "next_cursor"}`."""
