#!lua flags=no-writes
-- Which of these items are still to be processed: not done, not purged, no dead letters. ARGV: 1 to 1,000 ids.
-- keys: meta dead
-- include: arguments
if #ARGV < 1 or #ARGV > 1000 then return bad('waiting') end
local metas, waiting = redis.call('HMGET', meta, unpack(ARGV)), {}
for i, id in ipairs(ARGV) do
  if metas[i] and not redis.call('ZSCORE', dead, string.sub(metas[i], 1, 16) .. id) then
    waiting[#waiting + 1] = id
  end
end
return waiting
