-- Taking a member and its meta apart.
local function id_of(member) return string.sub(member, 17) end
local function ids_of(members)
  local ids = {}
  for i, member in ipairs(members) do ids[i] = id_of(member) end
  return ids
end
-- False where the id is not known, or is known under another sequence: enqueued again since.
local function is_of(member, meta_text)
  return meta_text and string.sub(meta_text, 1, 16) == string.sub(member, 1, 16)
end
-- Meta is sequence|priority|enqueued_ms|points. The patterns start behind the 16 digits of the sequence: '%d+$'
-- would try the run of digits from every place in it (2 microseconds an item).
local function priority_of(meta_text) return tonumber(string.match(meta_text, '^[^|]+', 18)) end
local function enqueued_ms_of(meta_text) return string.match(meta_text, '^[^|]+|(%d+)', 18) end
local function points_of(meta_text) return tonumber(string.match(meta_text, '^[^|]+|%d+|(%d+)', 18)) end
-- Both as text.
local function priority_and_points_of(meta_text) return string.match(meta_text, '^([^|]+)|%d+|(%d+)', 18) end
-- What stands in `attempts`: how often leased, and the number at the last revival.
local function attempt_of(text)
  if not text then return 0, 0 end
  local attempt, base = string.match(text, '^(%d+)|?(%d*)$')
  return tonumber(attempt), tonumber(base) or 0
end
