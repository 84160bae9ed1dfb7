-- Lanes as the caller gives them, highest first: 'sos:2000 race:1000 rest:-inf'.
local function lanes_of(text)
  local names, floors = {}, {}
  for name, floor in string.gmatch(text, '(%S+):(%S+)') do
    names[#names + 1], floors[#floors + 1] = name, tonumber(floor)
  end
  return names, floors
end
-- Items and points by lane, kept until `count_lanes` writes them. A priority may be a number or its text; the
-- lane of each is looked for once, since a call's items have few.
local function lane_tally(text)
  local names, floors = lanes_of(text)
  local tally, sums_of = {}, {}
  local function lane_sums(priority)
    for i, floor in ipairs(floors) do
      if tonumber(priority) >= floor then
        tally[names[i]] = tally[names[i]] or {0, 0}
        return tally[names[i]]
      end
    end
    return {0, 0}
  end
  return tally, function(priority, points)
    local sums = sums_of[priority]
    if not sums then sums = lane_sums(priority); sums_of[priority] = sums end
    sums[1], sums[2] = sums[1] + 1, sums[2] + points
  end
end
local function count_lanes(tally, way, stats)
  for name, sums in pairs(tally) do
    redis.call('HINCRBY', stats, 'lane:' .. name .. ':items_' .. way, sums[1])
    redis.call('HINCRBY', stats, 'lane:' .. name .. ':points_' .. way, sums[2])
  end
end
