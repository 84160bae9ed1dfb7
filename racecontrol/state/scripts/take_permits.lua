-- Take permits from a bucket that fills as time passes.
-- KEYS: bucket. ARGV: permits a second, most it holds, how many are wanted.
-- Answers {granted, ms until there is one where none was}.
local per_s, burst, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local held = redis.call('HMGET', KEYS[1], 'permits', 'at_ms')
local permits = burst

if held[1] then
  permits = math.min(burst, tonumber(held[1]) + math.max(0, now_ms - tonumber(held[2])) * per_s / 1000)
end
local granted = math.min(wanted, math.floor(permits))
redis.call('HSET', KEYS[1], 'permits', permits - granted, 'at_ms', now_ms)
redis.call('PEXPIRE', KEYS[1], math.ceil(burst / per_s * 1000) + 1000)
return { granted, granted > 0 and 0 or math.ceil((1 - permits) / per_s * 1000) }
