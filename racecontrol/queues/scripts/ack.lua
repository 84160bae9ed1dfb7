#!lua flags=allow-oom
-- Ends items whose work is committed, wherever they are now. ARGV: window_ms, lanes, then 1 to 1,000 members.
-- Answers how many it ended.
-- keys: ready leased delayed dead payload meta attempts why age done stats
-- include: clock
-- include: arguments
-- include: members
-- include: lanes
-- include: forget
-- include: done
-- include: held
local window_ms = whole(ARGV[1], 0, 1e12)
local members, ids, metas = held_members(3)
if not window_ms or not members then return bad('ack') end
if #members > 0 then
  local points_out = 0
  local tally, count_item = lane_tally(ARGV[2])
  for i = 1, #metas do
    local priority, points = priority_and_points_of(metas[i])
    points_out = points_out + points
    count_item(priority, points)
  end
  remember(ids)
  forget(members, ids)
  redis.call('HINCRBY', stats, 'acked', #members)
  redis.call('HINCRBY', stats, 'points_out', points_out)
  count_lanes(tally, 'out', stats)
end
trim(window_ms)
return #members
