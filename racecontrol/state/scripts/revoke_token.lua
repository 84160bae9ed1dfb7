#!lua flags=allow-oom
-- Take a token back, and forget those that would have expired by now anyway.
-- KEYS: revoked tokens, log. ARGV: token id, when it expires in ms, race id or '', operator, the token in words.
-- Answers 1 if that took it back, 0 if it was taken back before.
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local is_new = redis.call('ZADD', KEYS[1], 'NX', ARGV[2], ARGV[1])

if is_new == 1 then
  redis.call('XADD', KEYS[2], '*', 'race', ARGV[3], 'operator', ARGV[4], 'what', 'token revoked', 'why', ARGV[5],
    'severity', 'warning')
end
-- A day later, since the clocks of those who check may go slow.
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now_ms - 86400000)
return is_new
