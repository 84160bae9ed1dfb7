#!lua flags=allow-oom
-- Removes the unserved items whose id starts with a prefix, a bounded step at a time.
-- ARGV: window_ms, prefix, 'ready' | 'delayed' | 'leased', cursor, max_score. Leased items are counted only.
-- Answers {next cursor or 'end', leased items, items and points withdrawn under this prefix in all calls ever}.
-- A repeat after a lost answer therefore tells the same sums.
-- keys: ready leased delayed dead payload meta attempts why age done stats
-- include: clock
-- include: arguments
-- include: members
-- include: forget
-- include: done
local window_ms, prefix, cursor = whole(ARGV[1], 0, 1e12), ARGV[2], ARGV[4]
local set = ({ready = ready, delayed = delayed, leased = leased})[ARGV[3]]
if not window_ms or #prefix < 1 or not set then return bad('withdraw') end
-- Comparing 1,000 names and removing 250 items keep a call below 2 ms.
local LOOK, TAKE = 1000, 250

local function matches(member) return string.sub(member, 17, 16 + #prefix) == prefix end
local items_field, points_field = 'withdrawn_items:' .. prefix, 'withdrawn_points:' .. prefix
local function sums(next_cursor, in_hand)
  local totals = redis.call('HMGET', stats, items_field, points_field)
  return {next_cursor, in_hand, tonumber(totals[1] or 0), tonumber(totals[2] or 0)}
end
if set == leased then
  local in_hand = 0
  for _, member in ipairs(redis.call('ZRANGE', leased, 0, -1)) do
    if matches(member) then in_hand = in_hand + 1 end
  end
  return sums('end', in_hand)
end

-- The cursor is the last member seen that stays. One that has been served since was at the head, and so
-- were all before it: from the start again.
local from = 0
if cursor ~= '' then
  local rank = redis.call('ZRANK', set, cursor)
  from = rank and rank + 1 or 0
end
local upto = math.min(redis.call('ZCOUNT', set, '-inf', ARGV[5]), from + LOOK)
local is_last = upto < from + LOOK
local members = {}
-- An index of -1 would mean the last one.
local seen = upto > from and redis.call('ZRANGE', set, from, upto - 1) or {}
for _, member in ipairs(seen) do
  if not matches(member) then
    cursor = member
  else
    members[#members + 1] = member
    if #members == TAKE then
      is_last = false
      break
    end
  end
end
if #members > 0 then
  local ids, points = ids_of(members), 0
  for _, meta_text in ipairs(redis.call('HMGET', meta, unpack(ids))) do
    points = points + (meta_text and points_of(meta_text) or 0)
  end
  remember(ids)
  forget(members, ids)
  redis.call('HINCRBY', stats, 'purged', #members)
  redis.call('HINCRBY', stats, 'points_purged', points)
  redis.call('HINCRBY', stats, items_field, #members)
  redis.call('HINCRBY', stats, points_field, points)
end
return sums(is_last and 'end' or cursor, 0)
