-- End a replay; the race's clock stays where it came to.
-- KEYS: replay, log. ARGV: race id, operator, token or '' for whoever plays it.
-- Answers 1 if that ended one, else 0.
local token = redis.call('HGET', KEYS[1], 'token')

if not token or (ARGV[3] ~= '' and ARGV[3] ~= token) then return 0 end
redis.call('HDEL', KEYS[1], 'token')
redis.call('XADD', KEYS[2], '*', 'race', ARGV[1], 'operator', ARGV[2], 'what', 'replay ended', 'why', '', 'severity', 'info')
return 1
