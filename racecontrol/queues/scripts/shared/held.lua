-- Uses key meta; arguments, members. Members from ARGV[first] on that are held under their sequence, each once:
-- they, their ids and metas. Nil where there are none in ARGV, more than 1,000, or one is no member.
local function held_members(first)
  local asked, sequences = {}, {}
  if #ARGV < first or #ARGV - first >= 1000 then return end
  for i = first, #ARGV do
    local sequence, id = string.match(ARGV[i], '^(%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d)(.+)')
    if not sequence then return end
    asked[i - first + 1], sequences[i - first + 1] = id, sequence
  end
  local seen, members, ids, metas, held = {}, {}, {}, {}, 0
  local found = redis.call('HMGET', meta, unpack(asked))
  for i = 1, #asked do
    local member, meta_text = ARGV[first + i - 1], found[i]
    if meta_text and string.sub(meta_text, 1, 16) == sequences[i] and not seen[member] then
      seen[member], held = true, held + 1
      members[held], ids[held], metas[held] = member, asked[i], meta_text
    end
  end
  return members, ids, metas
end
