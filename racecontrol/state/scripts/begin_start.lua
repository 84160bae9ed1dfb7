-- Claim the start of a race for one caller.
-- KEYS: race, log. ARGV: race id, operator, token, pass the caller saw or '', silence in ms that ends a claim.
-- Answers {outcome, the race's fields and values}; outcome: won, resumed, held, finished or moved.
local race_key, log_key = KEYS[1], KEYS[2]
local race_id, operator, token, seen_pass, silence_ms = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)

local function answer(outcome)
  return { outcome, redis.call('HGETALL', race_key) }
end

local function tell(what, why)
  redis.call('XADD', log_key, '*', 'race', race_id, 'operator', operator, 'what', what, 'why', why, 'severity', 'info')
end

local held = redis.call('HMGET', race_key, 'state', 'pass', 'token', 'beat_ms', 'operator', 'done', 'total')
local state, pass, holder = held[1] or 'ready', held[2] or '1', held[3]

if seen_pass ~= '' and seen_pass ~= pass then return answer('moved') end
if state == 'starting' and holder == token then return answer('won') end -- the first answer was lost
if state == 'starting' and now_ms - tonumber(held[4]) < silence_ms then return answer('held') end
if state == 'running' then return answer('finished') end

if state == 'starting' then
  redis.call('HSET', race_key, 'token', token, 'operator', operator, 'beat_ms', now_ms)
  tell('start resumed', 'pass ' .. pass .. ': ' .. held[5] .. ' fell silent at ' .. held[6] .. ' of ' .. held[7])
  return answer('resumed')
end
redis.call('HSET', race_key, 'state', 'starting', 'pass', pass, 'token', token, 'operator', operator,
  'since_ms', now_ms, 'beat_ms', now_ms, 'done', 0, 'total', 0)
tell('start', 'pass ' .. pass)
return answer('won')
