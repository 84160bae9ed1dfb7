#!lua flags=allow-oom
-- Say that a worker is alive, and forget those silent for long.
-- KEYS: workers, worker totals. ARGV: worker id, what it tells as JSON, silence in ms after which it is forgotten.
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)

redis.call('ZADD', KEYS[1], now_ms, ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
for _, worker_id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now_ms - tonumber(ARGV[3]), 'LIMIT', 0, 100)) do
  redis.call('ZREM', KEYS[1], worker_id)
  redis.call('HDEL', KEYS[2], worker_id)
end
