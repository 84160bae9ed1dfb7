-- Uses keys dead, leased, payload, meta, why, age, stats; clock, members, lose. Makes a dead letter of a leased item.
local function bury(member, reason)
  local id = id_of(member)
  if redis.call('HEXISTS', payload, id) == 0 or not is_of(member, redis.call('HGET', meta, id)) then
    lose(member)
    return
  end
  redis.call('ZADD', dead, now, member)
  redis.call('HSET', why, member, reason)
  redis.call('ZREM', age, member)
  redis.call('ZREM', leased, member)
  redis.call('HINCRBY', stats, 'buried', 1)
end
