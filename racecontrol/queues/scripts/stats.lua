#!lua flags=no-writes
-- One snapshot of a queue. ARGV: lanes. Answers name, number, name, number, ...
-- keys: ready leased delayed dead age stats paused
-- include: clock
-- include: lanes
local answer = {'now_ms', now, 'is_paused', redis.call('EXISTS', paused)}
local function tell(name, number) answer[#answer + 1], answer[#answer + 2] = name, number end
tell('ready', redis.call('ZCARD', ready))
tell('leased', redis.call('ZCARD', leased))
tell('delayed', redis.call('ZCARD', delayed))
tell('dead', redis.call('ZCARD', dead))
local oldest = redis.call('ZRANGE', age, 0, 0, 'WITHSCORES')
tell('oldest_ms', oldest[2] and math.max(0, now - tonumber(oldest[2])) or 0)

local counters = {'enqueued', 'acked', 'duplicates', 'retried', 'expired', 'buried', 'revived', 'purged', 'lost',
  'points_in', 'points_out', 'points_purged'}
local names, floors = lanes_of(ARGV[1])
local above = 0
for i, name in ipairs(names) do
  -- Scores are negated priorities: this lane and all above it, less those above it.
  local down_to = redis.call('ZCOUNT', ready, '-inf', -floors[i])
  tell('lane:' .. name .. ':ready', down_to - above)
  above = down_to
  for _, counter in ipairs({'items_in', 'items_out', 'points_in', 'points_out'}) do
    counters[#counters + 1] = 'lane:' .. name .. ':' .. counter
  end
end
for i, number in ipairs(redis.call('HMGET', stats, unpack(counters))) do tell(counters[i], tonumber(number or 0)) end
return answer
