#!lua flags=allow-oom
-- An operator has seen a pilot's SOS: its alert goes. The entry stays, for the minute's rule.
-- KEYS: sos, log. ARGV: race id, bib, operator.
-- Answers 1 if that acknowledged it, 0 where there is none that waits.
local field = ARGV[1] .. '/' .. ARGV[2]
local moments, by, where = string.match(redis.call('HGET', KEYS[1], field) or '', '^([%d@]+)|([^|]*)|(.*)$')

if not moments or by ~= '' then return 0 end
redis.call('HSET', KEYS[1], field, moments .. '|' .. string.gsub(ARGV[3], '|', '/') .. '|' .. where)
redis.call('XADD', KEYS[2], '*', 'race', ARGV[1], 'operator', ARGV[3], 'what', 'SOS acknowledged',
  'why', 'bib ' .. ARGV[2], 'severity', 'warning')
return 1
