#!lua flags=allow-oom
-- Raise a pilot's SOS, at most once a minute.
-- KEYS: sos, log. ARGV: race id, bib, position in words or ''.
-- Answers 1 if that raised it, 0 where it was raised within the last minute.
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local field = ARGV[1] .. '/' .. ARGV[2]
local held = redis.call('HGET', KEYS[1], field)

if held and now_ms - tonumber(string.match(held, '^(%d+)|')) < 60000 then return 0 end
redis.call('HSET', KEYS[1], field, string.format('%d', now_ms) .. '||' .. ARGV[3])
redis.call('XADD', KEYS[2], '*', 'race', ARGV[1], 'operator', 'bib ' .. ARGV[2], 'what', 'SOS', 'why', ARGV[3],
  'severity', 'critical')
return 1
