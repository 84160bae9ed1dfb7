#!lua
-- Adds items, each once. ARGV: window_ms, lanes, then (id, priority, points, payload) of 1 to 100 items.
-- A last argument 'item:key item:key ...' says whose initial points those items (from 0) are: of the race whose
-- key is that one (from 1) of those after the queue's.
-- Answers {items added, points added, items pending after it, the places from 0 of items that were here already ...}.
-- keys: ready payload meta age done stats seq marker
-- include: clock
-- include: arguments
-- include: lanes
-- include: initial
local window_ms, count = whole(ARGV[1], 0, 1e12), math.floor((#ARGV - 2) / 4)
if not window_ms then return bad('window') end
if count < 1 or count > 100 or (#ARGV - 2) % 4 > 1 then return bad('1 to 100 items a call') end
local ids, priorities, points, bytes = {}, {}, {}, 0
for j = 1, count do
  local i = 4 * j - 1
  local priority = tonumber(ARGV[i + 1])
  ids[j], priorities[j], points[j] = ARGV[i], priority, whole(ARGV[i + 2], 0, 1e9)
  bytes = bytes + #ARGV[i + 3]
  -- NaN is not equal to itself; it and the infinities have no place in an order.
  if not priority or priority ~= priority or priority == math.huge or priority == -math.huge then
    return bad('priority of item ' .. j - 1)
  end
  if not points[j] then return bad('points of item ' .. j - 1) end
  if #ids[j] < 1 or #ids[j] > 256 then return bad('id of item ' .. j - 1) end
  if #ARGV[i + 3] < 1 then return bad('payload of item ' .. j - 1) end
end
if bytes > 524288 then return bad('512 KB a call') end
local initial_key = initial_keys((#ARGV - 2) % 4 == 1 and ARGV[#ARGV] or '', 8)
if not initial_key then return bad('initial points of no race') end

local held = redis.call('HMGET', meta, unpack(ids))
local finished = redis.call('ZMSCORE', done, unpack(ids))
local seen, fresh, known = {}, {}, {}
for j, id in ipairs(ids) do
  local is_known = held[j] or seen[id] or (finished[j] and tonumber(finished[j]) > now - window_ms)
  if not is_known then
    seen[id] = true
    fresh[#fresh + 1] = j
  else
    known[#known + 1] = j - 1
  end
end
if #fresh < count then redis.call('HINCRBY', stats, 'duplicates', count - #fresh) end
if #fresh == 0 then return {0, 0, redis.call('ZCARD', age), unpack(known)} end

local last = redis.call('INCRBY', seq, #fresh) - #fresh
local tally, count_item = lane_tally(ARGV[2])
local payloads, metas, ages, scores, points_in = {}, {}, {}, {}, 0
for x, j in ipairs(fresh) do
  local i, y, id = 4 * j - 1, 2 * x - 1, ids[j]
  local sequence = string.format('%016d', last + x)
  payloads[y], payloads[y + 1] = id, ARGV[i + 3]
  metas[y], metas[y + 1] = id, sequence .. '|' .. ARGV[i + 1] .. '|' .. now .. '|' .. string.format('%d', points[j])
  ages[y], ages[y + 1] = now, sequence .. id
  scores[y], scores[y + 1] = -priorities[j], sequence .. id
  points_in = points_in + points[j]
  count_item(priorities[j], points[j])
  if initial_key[j] then keep_initial(initial_key[j], id, ARGV[i + 3]) end
end
redis.call('HSET', payload, unpack(payloads))
redis.call('HSET', meta, unpack(metas))
redis.call('ZADD', age, unpack(ages))
redis.call('ZADD', ready, unpack(scores))
redis.call('HINCRBY', stats, 'enqueued', #fresh)
redis.call('HINCRBY', stats, 'points_in', points_in)
count_lanes(tally, 'in', stats)
redis.call('ZADD', marker, 0, 'm')
return {#fresh, points_in, redis.call('ZCARD', age), unpack(known)}
