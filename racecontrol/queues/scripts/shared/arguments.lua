-- Checking of arguments. Each function raises nothing: it gives nil for what is no such number.
local function whole(text, low, high)
  local number = tonumber(text)
  if number and number >= low and number <= high and number % 1 == 0 then return number end
end
local function bad(what) return redis.error_reply('BADARG ' .. what) end
