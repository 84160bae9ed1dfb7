-- Uses key meta; arguments, members. Members from ARGV[first] on that are held under their sequence, each once.
local function held_members(first)
  local asked, seen, members, metas = {}, {}, {}, {}
  for i = first, #ARGV do asked[#asked + 1] = ARGV[i] end
  local found = redis.call('HMGET', meta, unpack(ids_of(asked)))
  for i, member in ipairs(asked) do
    if is_of(member, found[i]) and not seen[member] then
      seen[member] = true
      members[#members + 1], metas[#metas + 1] = member, found[i]
    end
  end
  return members, metas
end
local function are_members(first)
  if #ARGV < first or #ARGV - first >= 1000 then return false end
  for i = first, #ARGV do
    if not string.match(ARGV[i], '^%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d.') then return false end
  end
  return true
end
