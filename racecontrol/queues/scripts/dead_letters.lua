#!lua flags=no-writes
-- Lists dead letters, oldest death first. ARGV: n, offset.
-- Answers member, died_ms, attempts, meta, reason, member, ...
-- keys: dead meta attempts why
-- include: arguments
-- include: members
local n, offset = whole(ARGV[1], 1, 1000), whole(ARGV[2], 0, 1e12)
if not (n and offset) then return bad('dead_letters') end
local members, died = {}, {}
for i, text in ipairs(redis.call('ZRANGE', dead, offset, offset + n - 1, 'WITHSCORES')) do
  if i % 2 == 1 then members[#members + 1] = text else died[#died + 1] = text end
end
if #members == 0 then return {} end
local metas = redis.call('HMGET', meta, unpack(ids_of(members)))
local standing = redis.call('HMGET', attempts, unpack(members))
local reasons = redis.call('HMGET', why, unpack(members))
local answer = {}
for i, member in ipairs(members) do
  local attempt = attempt_of(standing[i])
  for _, value in ipairs({member, died[i], attempt, metas[i], reasons[i] or ''}) do answer[#answer + 1] = value end
end
return answer
