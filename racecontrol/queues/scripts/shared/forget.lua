-- Uses keys ready, leased, delayed, dead, payload, meta, attempts, why, age. Takes items out of all of them.
local function forget(members, ids)
  -- Nearly always they are all leased; an acknowledged item stands in one of the four sets only.
  for _, set in ipairs({leased, ready, delayed, dead}) do
    if redis.call('ZREM', set, unpack(members)) == #members then break end
  end
  redis.call('HDEL', payload, unpack(ids))
  redis.call('HDEL', meta, unpack(ids))
  redis.call('HDEL', attempts, unpack(members))
  -- Where nothing has failed, there is none: naming 500 to find that out takes 30 microseconds.
  if redis.call('EXISTS', why) == 1 then redis.call('HDEL', why, unpack(members)) end
  redis.call('ZREM', age, unpack(members))
end
