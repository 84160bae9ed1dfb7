#!lua flags=allow-oom
-- Lets leases end later, never sooner. ARGV: lease_ms, then (member, attempt). Answers how many were this holder's.
-- keys: leased attempts
-- include: clock
-- include: arguments
-- include: members
-- include: holder
local lease_ms = whole(ARGV[1], 1, 86400000)
if not lease_ms or not are_pairs(2) then return bad('extend') end
local extended = 0
for i = 2, #ARGV, 2 do
  if held_by(ARGV[i], ARGV[i + 1]) then
    redis.call('ZADD', leased, 'XX', 'GT', now + lease_ms, ARGV[i])
    extended = extended + 1
  end
end
return extended
