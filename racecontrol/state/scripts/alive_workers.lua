-- The workers heard of lately.
-- KEYS: workers, worker totals. ARGV: within how many ms.
-- Answers a flat list: worker id, time of its last heartbeat, what it told as JSON, and so on.
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local answer = {}

for i, value in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], now_ms - tonumber(ARGV[1]), '+inf', 'WITHSCORES')) do
  answer[#answer + 1] = value
  if i % 2 == 0 then answer[#answer + 1] = redis.call('HGET', KEYS[2], answer[#answer - 1]) end
end
return answer
