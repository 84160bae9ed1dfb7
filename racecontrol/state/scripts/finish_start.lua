#!lua flags=allow-oom
-- The start is done: the race runs, and keeps the report for whoever asks again.
-- KEYS: race, log. ARGV: race id, token, report as JSON, why (for the log).
-- Answers {outcome, the race's fields and values}; outcome: ours, recalled or taken (over by another caller).
local race_key, log_key, token = KEYS[1], KEYS[2], ARGV[2]
local time = redis.call('TIME')
local held = redis.call('HMGET', race_key, 'state', 'token', 'operator', 'recalled_token')
local is_callers = held[2] == token and (held[1] == 'starting' or held[1] == 'running')

if is_callers and held[1] == 'starting' then -- a running race had its first answer lost
  redis.call('HSET', race_key, 'state', 'running', 'report', ARGV[3],
    'since_ms', time[1] * 1000 + math.floor(time[2] / 1000))
  redis.call('XADD', log_key, '*', 'race', ARGV[1], 'operator', held[3], 'what', 'started', 'why', ARGV[4],
    'severity', 'info')
end
local outcome = is_callers and 'ours' or held[4] == token and 'recalled' or 'taken'
return { outcome, redis.call('HGETALL', race_key) }
