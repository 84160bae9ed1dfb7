#!lua flags=no-writes
-- Whom operators gave trackers to. KEYS: assignments. A script so that it can be one of an exchange of calls.
return redis.call('HGETALL', KEYS[1])
