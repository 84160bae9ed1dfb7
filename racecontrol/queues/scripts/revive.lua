#!lua flags=allow-oom
-- Puts dead letters back in their old place, with a full count of attempts. ARGV: 1 to 1,000 members.
-- Answers how many were dead.
-- keys: ready dead meta attempts why age stats marker
-- include: arguments
-- include: members
-- include: held
local members, _, metas = held_members(1)
if not members then return bad('revive') end
local revived = 0
for i, member in ipairs(members) do
  if redis.call('ZSCORE', dead, member) then
    local attempt = attempt_of(redis.call('HGET', attempts, member))
    if attempt > 0 then redis.call('HSET', attempts, member, attempt .. '|' .. attempt) end
    redis.call('ZADD', age, enqueued_ms_of(metas[i]), member)
    redis.call('ZADD', ready, -priority_of(metas[i]), member)
    redis.call('ZREM', dead, member)
    redis.call('HDEL', why, member)
    revived = revived + 1
  end
end
if revived > 0 then
  redis.call('HINCRBY', stats, 'revived', revived)
  redis.call('ZADD', marker, 0, 'm')
end
return revived
