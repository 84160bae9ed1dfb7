-- Say how far a replay is.
-- KEYS: replay. ARGV: token, position in ms.
-- Answers 1 if the replay is still the caller's, 0 when somebody ended it.
local time = redis.call('TIME')

if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'position_ms', ARGV[2], 'beat_ms', time[1] * 1000 + math.floor(time[2] / 1000))
return 1
