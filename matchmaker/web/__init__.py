"""The door that people open with a browser: parse, ask permission, call one verb, answer."""
