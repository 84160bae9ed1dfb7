#!lua flags=allow-oom
-- Hands out the head of the queue. ARGV: n, lease_ms, max_attempts, max_bytes, idle_ms.
-- Answers {wait_ms, {lost ids}, attempt, member, meta, payload, member, ...}: those of one answer have one attempt.
-- keys: ready leased delayed dead payload meta attempts why age stats marker paused
-- include: clock
-- include: arguments
-- include: members
-- include: lose
-- include: bury
local n, lease_ms = whole(ARGV[1], 1, 1000), whole(ARGV[2], 1, 86400000)
local max_attempts, max_bytes = whole(ARGV[3], 1, 1000), whole(ARGV[4], 1, 1e9)
local idle_ms = whole(ARGV[5], 1, 60000)
if not (n and lease_ms and max_attempts and max_bytes and idle_ms) then return bad('lease') end

local lost_ids = {}
local function note_lost(member)
  lose(member)
  lost_ids[#lost_ids + 1] = id_of(member)
end

-- Due retries and expired leases go back to their old place, so that no reaper process is needed.
local function due(set) return redis.call('ZRANGEBYSCORE', set, '-inf', now, 'LIMIT', 0, 100) end
local function back_to_ready(members, set)
  if #members == 0 then return end
  local metas = redis.call('HMGET', meta, unpack(ids_of(members)))
  for i, member in ipairs(members) do
    if is_of(member, metas[i]) then
      redis.call('ZADD', ready, -priority_of(metas[i]), member)
      redis.call('ZREM', set, member)
    else
      note_lost(member)
    end
  end
end
back_to_ready(due(delayed), delayed)
local expired, returning = due(leased), {}
for _, member in ipairs(expired) do
  local attempt, base = attempt_of(redis.call('HGET', attempts, member))
  if attempt - base >= max_attempts then
    bury(member, 'its lease expired ' .. attempt - base .. ' times')
  else
    returning[#returning + 1] = member
  end
end
if #expired > 0 then redis.call('HINCRBY', stats, 'expired', #expired) end
back_to_ready(returning, leased)

-- How many of the head can go together: an item with earlier attempts goes alone, lest a poison item take others along.
local function together(standing)
  if standing[1] then return 1 end
  for i = 2, #standing do
    if standing[i] then return i - 1 end
  end
  return #standing
end

local answer = {0, lost_ids, 0}
-- Leases of the head what fits in max_bytes. Asking for 500 sizes first takes 0.3 ms; instead a few payloads are read
-- at a time, as many as fit if they are like those before, so that hardly one is read in vain.
local function take(head)
  local ids, standing = ids_of(head), redis.call('HMGET', attempts, unpack(head))
  local metas = redis.call('HMGET', meta, unpack(ids))
  local attempt, base = attempt_of(standing[1])
  local count = base > 0 and attempt + 1 .. '|' .. base or attempt + 1
  local leases, counts, taken, bytes = {}, {}, 0, 0
  local at, last = 0, together(standing)
  while at < last and bytes < max_bytes do
    local ahead = taken > 0 and math.floor((max_bytes - bytes) * taken / bytes) or 1
    local upto = math.min(last, at + math.max(1, math.min(16, ahead)))
    local payloads = redis.call('HMGET', payload, unpack(ids, at + 1, upto))
    for i = 1, upto - at do
      local member, meta_text, content = head[at + i], metas[at + i], payloads[i] or ''
      if content == '' or not is_of(member, meta_text) then
        note_lost(member)
      elseif bytes > 0 and bytes + #content > max_bytes then
        last = upto
        break
      else
        taken, bytes = taken + 1, bytes + #content
        leases[2 * taken - 1], leases[2 * taken] = now + lease_ms, member
        counts[2 * taken - 1], counts[2 * taken] = member, count
        answer[3 * taken + 1], answer[3 * taken + 2], answer[3 * taken + 3] = member, meta_text, content
      end
    end
    at = upto
  end
  if taken == 0 then return end
  answer[3] = attempt + 1
  redis.call('ZADD', leased, unpack(leases))
  redis.call('HSET', attempts, unpack(counts))
  -- What was lost on the way is gone from it, so those taken are its first.
  redis.call('ZREMRANGEBYRANK', ready, 0, taken - 1)
end
local is_paused = redis.call('EXISTS', paused) == 1
local head = is_paused and {} or redis.call('ZRANGE', ready, 0, n - 1)
if #head > 0 then take(head) end
-- More to do: wake the next waiter.
if not is_paused and redis.call('ZCARD', ready) > 0 then redis.call('ZADD', marker, 0, 'm') end

local wait_ms = math.min(idle_ms, lease_ms)
for _, set in ipairs({leased, delayed}) do
  local first = redis.call('ZRANGE', set, 0, 0, 'WITHSCORES')
  if first[2] then wait_ms = math.max(10, math.min(wait_ms, tonumber(first[2]) - now)) end
end
answer[1] = wait_ms
return answer
