-- Lanes as the caller gives them, highest first: 'sos:2000 race:1000 rest:-inf'.
local function lanes_of(text)
  local names, floors = {}, {}
  for name, floor in string.gmatch(text, '(%S+):(%S+)') do
    names[#names + 1], floors[#floors + 1] = name, tonumber(floor)
  end
  return names, floors
end
-- Items and points by lane, kept until `count_lanes` writes them.
local function lane_tally(text)
  local names, floors = lanes_of(text)
  local tally = {}
  return tally, function(priority, points)
    for i, floor in ipairs(floors) do
      if priority >= floor then
        local sums = tally[names[i]]
        if not sums then sums = {0, 0}; tally[names[i]] = sums end
        sums[1], sums[2] = sums[1] + 1, sums[2] + points
        return
      end
    end
  end
end
local function count_lanes(tally, way, stats)
  for name, sums in pairs(tally) do
    redis.call('HINCRBY', stats, 'lane:' .. name .. ':items_' .. way, sums[1])
    redis.call('HINCRBY', stats, 'lane:' .. name .. ':points_' .. way, sums[2])
  end
end
