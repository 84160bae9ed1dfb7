#!lua flags=allow-oom
-- Gives items back to be tried again later. ARGV: max_attempts, base_ms, cap_ms, reason, then (member, attempt).
-- Answers how many were this holder's. One at its limit becomes a dead letter.
-- keys: ready leased delayed dead payload meta attempts why age stats marker
-- include: clock
-- include: arguments
-- include: members
-- include: lose
-- include: bury
-- include: holder
local max_attempts, base_ms, cap_ms = whole(ARGV[1], 1, 1000), whole(ARGV[2], 1, 1e9), whole(ARGV[3], 1, 1e9)
if not (max_attempts and base_ms and cap_ms and are_pairs(5)) then return bad('nack') end
-- Between half of the delay and all of it, so that a thousand failing together do not come back together.
-- A script's own random numbers are the same in every call; the clock and the sequence are not.
local function jittered(delay_ms, member)
  local mixed = (tonumber(string.sub(member, 8, 16)) * 7919 + tonumber(time[2])) % 1000
  return math.floor(delay_ms * (0.5 + mixed / 2000))
end
local given_back, retried = 0, 0
for i = 5, #ARGV, 2 do
  local member = ARGV[i]
  local attempt, base = held_by(member, ARGV[i + 1])
  if attempt then
    if attempt - base >= max_attempts then
      bury(member, ARGV[4])
    else
      -- Beyond 2^30 every delay is the cap's.
      local delay_ms = math.min(cap_ms, base_ms * 2 ^ math.min(attempt - base, 30))
      redis.call('ZADD', delayed, now + jittered(delay_ms, member), member)
      redis.call('HSET', why, member, ARGV[4])
      redis.call('ZREM', leased, member)
      retried = retried + 1
    end
    given_back = given_back + 1
  end
end
if retried > 0 then
  redis.call('HINCRBY', stats, 'retried', retried)
  redis.call('ZADD', marker, 0, 'm')
end
return given_back
