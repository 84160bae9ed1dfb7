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
-- A global is looked up by its name every time: with these, an item takes an eighth less.
local call, argv, tonumber, format, huge = redis.call, ARGV, tonumber, string.format, math.huge
local window_ms, count = whole(argv[1], 0, 1e12), math.floor((#argv - 2) / 4)
if not window_ms then return bad('window') end
if count < 1 or count > 100 or (#argv - 2) % 4 > 1 then return bad('1 to 100 items a call') end
local ids, priorities, points, bytes = {}, {}, {}, 0
for j = 1, count do
  local i = 4 * j - 1
  local id, priority, number, size = argv[i], tonumber(argv[i + 1]), tonumber(argv[i + 2]), #argv[i + 3]
  -- NaN is not equal to itself; it and the infinities have no place in an order.
  if not priority or priority ~= priority or priority == huge or priority == -huge then
    return bad('priority of item ' .. j - 1)
  end
  if not (number and number >= 0 and number <= 1e9 and number % 1 == 0) then return bad('points of item ' .. j - 1) end
  if #id < 1 or #id > 256 then return bad('id of item ' .. j - 1) end
  if size < 1 then return bad('payload of item ' .. j - 1) end
  ids[j], priorities[j], points[j] = id, priority, number
  bytes = bytes + size
end
if bytes > 524288 then return bad('512 KB a call') end
local initial_key = initial_keys((#argv - 2) % 4 == 1 and argv[#argv] or '', 8)
if not initial_key then return bad('initial points of no race') end

local held = call('HMGET', meta, unpack(ids))
local finished = call('ZMSCORE', done, unpack(ids))
local seen, fresh, known = {}, {}, {}
for j = 1, count do
  local id = ids[j]
  if held[j] or seen[id] or (finished[j] and tonumber(finished[j]) > now - window_ms) then
    known[#known + 1] = j - 1
  else
    seen[id] = true
    fresh[#fresh + 1] = j
  end
end
if #fresh < count then call('HINCRBY', stats, 'duplicates', count - #fresh) end
if #fresh == 0 then return {0, 0, call('ZCARD', age), unpack(known)} end

local last = call('INCRBY', seq, #fresh) - #fresh
local tally, count_item = lane_tally(argv[2])
local payloads, metas, ages, scores, points_in = {}, {}, {}, {}, 0
local arrived = '|' .. now .. '|'
for x = 1, #fresh do
  local j = fresh[x]
  local i, y, id = 4 * j - 1, 2 * x - 1, ids[j]
  local sequence = format('%016d', last + x)
  local member = sequence .. id
  payloads[y], payloads[y + 1] = id, argv[i + 3]
  metas[y], metas[y + 1] = id, sequence .. '|' .. argv[i + 1] .. arrived .. format('%d', points[j])
  ages[y], ages[y + 1] = now, member
  scores[y], scores[y + 1] = -priorities[j], member
  points_in = points_in + points[j]
  count_item(priorities[j], points[j])
  if initial_key[j] then keep_initial(initial_key[j], id, argv[i + 3]) end
end
call('HSET', payload, unpack(payloads))
call('HSET', meta, unpack(metas))
call('ZADD', age, unpack(ages))
call('ZADD', ready, unpack(scores))
call('HINCRBY', stats, 'enqueued', #fresh)
call('HINCRBY', stats, 'points_in', points_in)
count_lanes(tally, 'in', stats)
call('ZADD', marker, 0, 'm')
return {#fresh, points_in, call('ZCARD', age), unpack(known)}
