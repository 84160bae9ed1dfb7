#!lua flags=allow-oom
-- Makes dead letters of items at once. ARGV: reason, then (member, attempt). Answers how many were this holder's.
-- keys: ready leased delayed dead payload meta attempts why age stats
-- include: clock
-- include: arguments
-- include: members
-- include: lose
-- include: bury
-- include: holder
if not are_pairs(2) then return bad('bury') end
local buried = 0
for i = 2, #ARGV, 2 do
  if held_by(ARGV[i], ARGV[i + 1]) then
    bury(ARGV[i], ARGV[1])
    buried = buried + 1
  end
end
return buried
