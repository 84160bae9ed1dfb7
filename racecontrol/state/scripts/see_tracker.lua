#!lua flags=allow-oom
-- List an unknown tracker, and count what was stored of it. Of more than 1,000 the one not heard of for longest is forgotten.
-- KEYS: trackers, trackers seen, assignments. ARGV: serial, points, its assignments as the caller knows them.
-- Answers 'race/bib race/bib ...', and does nothing else, where those are others, else ''.
local time = redis.call('TIME')
local now_ms = string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000))
local assigned = redis.call('HGET', KEYS[3], ARGV[1]) or ''
if assigned ~= ARGV[3] then return assigned end

local first_ms, _, points = string.match(redis.call('HGET', KEYS[1], ARGV[1]) or '', '^(%d+)|(%d+)|(%d+)$')
local sum = string.format('%d', (points or 0) + tonumber(ARGV[2]))
redis.call('HSET', KEYS[1], ARGV[1], (first_ms or now_ms) .. '|' .. now_ms .. '|' .. sum)
redis.call('ZADD', KEYS[2], now_ms, ARGV[1])
if redis.call('ZCARD', KEYS[2]) > 1000 then
  local oldest = redis.call('ZRANGE', KEYS[2], 0, 0)[1]
  redis.call('ZREM', KEYS[2], oldest)
  redis.call('HDEL', KEYS[1], oldest)
end
return ''
