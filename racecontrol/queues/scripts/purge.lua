#!lua flags=allow-oom
-- Removes items for good, by name, wherever they are. ARGV: window_ms, then 1 to 1,000 members.
-- Answers how many it removed.
-- keys: ready leased delayed dead payload meta attempts why age done stats
-- include: clock
-- include: arguments
-- include: members
-- include: forget
-- include: done
-- include: held
local window_ms = whole(ARGV[1], 0, 1e12)
local members, ids, metas = held_members(2)
if not window_ms or not members then return bad('purge') end
if #members > 0 then
  local points = 0
  for _, meta_text in ipairs(metas) do points = points + points_of(meta_text) end
  remember(ids)
  forget(members, ids)
  redis.call('HINCRBY', stats, 'purged', #members)
  redis.call('HINCRBY', stats, 'points_purged', points)
end
trim(window_ms)
return #members
