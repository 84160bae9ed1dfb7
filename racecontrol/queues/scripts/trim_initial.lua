#!lua flags=allow-oom
-- Puts a pilot's merged initial points in the place of the items they were merged from.
-- ARGV: bib, payload ('' where they are merged in another queue's hash), then the fields of 0 to 1,000 items. KEYS[1]: the race's initial points.
-- Answers the bytes that all of the race's take then.
local key, field = KEYS[1], 'm' .. ARGV[1]
local bytes = 0

if ARGV[2] ~= '' then
  bytes = #ARGV[2] - redis.call('HSTRLEN', key, field)
  redis.call('HSET', key, field, ARGV[2])
end
for i = 3, #ARGV do
  if ARGV[i] ~= field or ARGV[2] == '' then
    bytes = bytes - redis.call('HSTRLEN', key, ARGV[i])
    redis.call('HDEL', key, ARGV[i])
  end
end
redis.call('PEXPIRE', key, 604800000)
return redis.call('HINCRBY', key, 'bytes', bytes)
