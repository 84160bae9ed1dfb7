#!lua flags=allow-oom
-- Say that a start is alive and how far it is.
-- KEYS: race. ARGV: token, done, total.
-- Answers {outcome, the race's fields and values}; outcome: ours, recalled or taken (over by another caller).
local race_key, token = KEYS[1], ARGV[1]
local time = redis.call('TIME')
local held = redis.call('HMGET', race_key, 'state', 'token', 'recalled_token')

if held[1] ~= 'starting' or held[2] ~= token then
  return { held[3] == token and 'recalled' or 'taken', redis.call('HGETALL', race_key) }
end
redis.call('HSET', race_key, 'beat_ms', time[1] * 1000 + math.floor(time[2] / 1000), 'done', ARGV[2], 'total', ARGV[3])
return { 'ours', {} }
