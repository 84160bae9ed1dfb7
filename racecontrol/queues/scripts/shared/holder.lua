-- Uses keys leased, attempts; clock, members. The fence: pairs of member and attempt from ARGV[first] on.
local function are_pairs(first)
  local count = #ARGV - first + 1
  if count < 2 or count > 2000 or count % 2 ~= 0 then return false end
  for i = first, #ARGV, 2 do
    if #ARGV[i] < 17 or not string.match(ARGV[i + 1], '^%d+$') then return false end
  end
  return true
end
-- The standing of a lease that is still this holder's: attempt and base. Nil once it is over.
local function held_by(member, attempt)
  local expires_ms = redis.call('ZSCORE', leased, member)
  if not expires_ms or tonumber(expires_ms) <= now then return end
  local current, base = attempt_of(redis.call('HGET', attempts, member))
  if current == tonumber(attempt) then return current, base end
end
