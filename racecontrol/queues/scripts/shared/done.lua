-- Uses key done; clock. The window in which a finished id is known again.
local function remember(ids)
  local scored = {}
  for i, id in ipairs(ids) do scored[2 * i - 1], scored[2 * i] = now, id end
  redis.call('ZADD', done, unpack(scored))
end
-- At most 1,000 a call: an hour's ids going at once would hold up everybody.
local function trim(window_ms)
  local over = redis.call('ZCOUNT', done, '-inf', now - window_ms)
  if over > 0 then redis.call('ZREMRANGEBYRANK', done, 0, math.min(over, 1000) - 1) end
end
