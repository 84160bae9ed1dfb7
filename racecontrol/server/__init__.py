"""What speaks to Valkey or Redis at all: connecting, the embedded server, key names."""
