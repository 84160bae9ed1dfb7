-- Uses keys ready, leased, delayed, dead, payload, meta, attempts, why, age, stats; members.
-- An item whose payload or meta is gone is no dead letter, since nobody could revive it: it is counted.
local function lose(member)
  local id = id_of(member)
  for _, set in ipairs({ready, leased, delayed, dead, age}) do redis.call('ZREM', set, member) end
  redis.call('HDEL', attempts, member)
  redis.call('HDEL', why, member)
  local meta_text = redis.call('HGET', meta, id)
  if is_of(member, meta_text) then
    redis.call('HINCRBY', stats, 'points_purged', points_of(meta_text))
    redis.call('HDEL', meta, id)
  end
  -- Under another sequence the id is in use again, and its payload is not ours.
  if not meta_text or is_of(member, meta_text) then redis.call('HDEL', payload, id) end
  redis.call('HINCRBY', stats, 'lost', 1)
end
