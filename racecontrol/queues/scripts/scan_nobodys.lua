#!lua flags=no-writes
-- Some of the payloads that are of no race and no bib: of trackers that nobody owned. ARGV: cursor ('0' to begin),
-- how many items to look at, about. Answers {next cursor, or '0' at the end, {payload, ...}}.
-- keys: payload
local answer, found = redis.call('HSCAN', payload, ARGV[1], 'COUNT', ARGV[2]), {}
for i = 2, #answer[2], 2 do
  -- Where a payload's header tells how long these names are.
  local race, bib = string.byte(answer[2][i], 15, 16)
  if race == 0 and bib == 0 then found[#found + 1] = answer[2][i] end
end
return {answer[1], found}
