-- Initial points that came over the air. A race's hash: i<item id> and m<bib> to payloads, `bytes` of
-- all of them, `left_out` items that found no room: 64 MB a race and queue, 40 times a start of 127 pilots.
local function initial_keys(text, before)
  local key_of = {}
  if text ~= '' and not string.match(text, '^[%d: ]+$') then return nil end
  for item, key in string.gmatch(text, '(%d+):(%d+)') do
    key_of[item + 1] = KEYS[before + key]
    if not key_of[item + 1] then return nil end
  end
  return key_of
end
local function keep_initial(key, id, payload)
  local held = tonumber(redis.call('HGET', key, 'bytes') or '0')
  if held + #payload > 67108864 then
    redis.call('HINCRBY', key, 'left_out', 1)
  elseif redis.call('HSETNX', key, 'i' .. id, payload) == 1 then
    redis.call('HINCRBY', key, 'bytes', #payload)
  end
  redis.call('PEXPIRE', key, 604800000)
end
