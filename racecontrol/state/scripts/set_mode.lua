#!lua flags=allow-oom
-- Turn competition mode on or off for every process.
-- KEYS: mode, log. ARGV: '1' or '0', operator.
-- Answers 1 if that changed it, else 0.
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local is_changed = (redis.call('HGET', KEYS[1], 'on') or '0') ~= ARGV[1]

if is_changed then
  redis.call('HSET', KEYS[1], 'on', ARGV[1], 'operator', ARGV[2], 'since_ms', now_ms)
  redis.call('XADD', KEYS[2], '*', 'race', '', 'operator', ARGV[2],
    'what', ARGV[1] == '1' and 'competition on' or 'competition off', 'why', '', 'severity', 'info')
end
return is_changed and 1 or 0
