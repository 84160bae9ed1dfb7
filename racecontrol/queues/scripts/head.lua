#!lua flags=no-writes
-- Looks at the items that will be served next. ARGV: n. Answers now_ms, then member, attempts, meta, member, ...
-- keys: ready meta attempts
-- include: clock
-- include: arguments
-- include: members
local n = whole(ARGV[1], 1, 1000)
if not n then return bad('head') end
local answer, members = {now}, redis.call('ZRANGE', ready, 0, n - 1)
if #members == 0 then return answer end
local metas = redis.call('HMGET', meta, unpack(ids_of(members)))
local standing = redis.call('HMGET', attempts, unpack(members))
for i, member in ipairs(members) do
  local attempt = attempt_of(standing[i])
  if metas[i] then
    answer[#answer + 1], answer[#answer + 2], answer[#answer + 3] = member, attempt, metas[i]
  end
end
return answer
