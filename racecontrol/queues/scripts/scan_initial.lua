#!lua flags=no-writes
-- Some of a race's initial points. KEYS[1]: they. ARGV: cursor ('0' to begin), about how many.
-- Answers {next cursor, or '0' at the end, {field, value, ...}}.
return redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
