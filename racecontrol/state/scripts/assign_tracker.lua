#!lua flags=allow-oom
-- Give a tracker to a pilot, over any roster.
-- KEYS: assignments, log. ARGV: serial, race id, bib, operator.
-- Answers 1 if that changed it, 0 where it was so already (a repeat).
local owner = ARGV[2] .. '/' .. ARGV[3]
local before = redis.call('HGET', KEYS[1], ARGV[1])
if before == owner then return 0 end

redis.call('HSET', KEYS[1], ARGV[1], owner)
redis.call('XADD', KEYS[2], '*', 'race', ARGV[2], 'operator', ARGV[4], 'what', 'tracker assigned',
  'why', ARGV[1] .. ' to bib ' .. ARGV[3] .. (before and ', before ' .. before or ''), 'severity', 'info')
return 1
