#!lua flags=allow-oom
-- Raise a pilot's SOS, at most once a minute; one that comes late only where its fix is newer than the one held.
-- KEYS: sos, log. ARGV: race id, bib, position in words or '', time of its fix in ms or 0, '1' where it comes late.
-- Answers 1 if that raised it, 0 where it was raised within the last minute, or is no news.
-- Held: raised_ms, @fix_ms where there is a fix, |, who has acknowledged it, |, position.
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local field = ARGV[1] .. '/' .. ARGV[2]
local held = redis.call('HGET', KEYS[1], field)
-- A tracker whose clock is ahead must not make every later call an old one.
local fix_ms = math.min(tonumber(ARGV[4]), now_ms)

if held then
  local raised_ms, held_ms = string.match(held, '^(%d+)@?(%d*)|')
  if now_ms - tonumber(raised_ms) < 60000 then return 0 end
  if ARGV[5] == '1' and fix_ms <= (tonumber(held_ms) or tonumber(raised_ms)) then return 0 end
end
local moments = string.format('%d', now_ms) .. (fix_ms > 0 and string.format('@%d', fix_ms) or '')
redis.call('HSET', KEYS[1], field, moments .. '||' .. ARGV[3])
redis.call('XADD', KEYS[2], '*', 'race', ARGV[1], 'operator', 'bib ' .. ARGV[2], 'what', 'SOS', 'why', ARGV[3],
  'severity', 'critical')
return 1
