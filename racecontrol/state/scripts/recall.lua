#!lua flags=allow-oom
-- Take a start back, whether done or under way, and begin the next pass. The race's replay ends with it.
-- KEYS: race, log, replay. ARGV: race id, operator, pass the caller saw or ''.
-- Answers {outcome, the race's fields and values}; outcome: recalled, ready (nothing to recall) or moved.
local race_key, log_key, operator, seen_pass = KEYS[1], KEYS[2], ARGV[2], ARGV[3]
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local held = redis.call('HMGET', race_key, 'state', 'pass', 'token', 'operator')
local state, pass = held[1] or 'ready', held[2] or '1'

if seen_pass ~= '' and seen_pass ~= pass then return { 'moved', redis.call('HGETALL', race_key) } end
if state ~= 'starting' and state ~= 'running' then return { 'ready', redis.call('HGETALL', race_key) } end

-- The token stays as recalled_token, so that a start still under way learns who stopped it.
redis.call('HDEL', race_key, 'token', 'report', 'done', 'total', 'beat_ms')
redis.call('HSET', race_key, 'state', 'ready', 'pass', pass + 1, 'operator', operator, 'since_ms', now_ms,
  'recalled_token', held[3], 'recalled_by', operator)
redis.call('DEL', KEYS[3])
redis.call('XADD', log_key, '*', 'race', ARGV[1], 'operator', operator, 'what', 'recall',
  'why', 'pass ' .. pass .. ', ' .. state .. ', begun by ' .. held[4], 'severity', 'warning')
return { 'recalled', redis.call('HGETALL', race_key) }
