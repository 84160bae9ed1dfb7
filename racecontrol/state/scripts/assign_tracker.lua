#!lua flags=allow-oom
-- Give a tracker to a pilot, in one race and over its roster.
-- KEYS: assignments, log. ARGV: serial, race id, bib, operator.
-- Answers 1 if that changed it, 0 where it was so already (a repeat).
local owner, known = ARGV[2] .. '/' .. ARGV[3], redis.call('HGET', KEYS[1], ARGV[1]) or ''
local before, owners = nil, {}
for one in string.gmatch(known, '%S+') do
  if string.match(one, '^[^/]*') == ARGV[2] then before = one else owners[#owners + 1] = one end
end
owners[#owners + 1] = owner
local latest_last = table.concat(owners, ' ')
if latest_last == known then return 0 end

redis.call('HSET', KEYS[1], ARGV[1], latest_last)
redis.call('XADD', KEYS[2], '*', 'race', ARGV[2], 'operator', ARGV[4], 'what', 'tracker assigned',
  'why', ARGV[1] .. ' to bib ' .. ARGV[3] .. (before and ', before ' .. before or ''), 'severity', 'info')
return 1
