-- Claim the replay of a race for one caller.
-- KEYS: replay, log. ARGV: race id, operator, token, position in ms, speed, silence in ms that ends a claim.
-- Answers {1 if it is the caller's, else 0; the replay's fields and values}.
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local held = redis.call('HMGET', KEYS[1], 'token', 'beat_ms')

if held[1] and held[1] ~= ARGV[3] and now_ms - tonumber(held[2]) < tonumber(ARGV[6]) then
  return { 0, redis.call('HGETALL', KEYS[1]) }
end
redis.call('HSET', KEYS[1], 'token', ARGV[3], 'operator', ARGV[2], 'position_ms', ARGV[4], 'speed', ARGV[5], 'beat_ms', now_ms)
if held[1] ~= ARGV[3] then -- else the first answer was lost
  redis.call('XADD', KEYS[2], '*', 'race', ARGV[1], 'operator', ARGV[2], 'what', 'replay', 'why', 'speed ' .. ARGV[5], 'severity', 'info')
end
return { 1, redis.call('HGETALL', KEYS[1]) }
