-- What the auditor looks at, and nothing is written: lanes with what stands first in them, and which work is there.

-- About when something of a paced lane was last begun; 0 where nothing comes through, or where that is not known.
local function served_at(lane)
  if redis.call('HGET', closed_key, lane) then return 0 end
  return math.floor(tonumber(redis.call('HGET', paces_key, lane) or 0))
end

local found = {}
for _, lane in ipairs(redis.call('ZRANGE', lanes_key, 0, request.lanes - 1)) do
  local lane_key, due, tries = key_of('lane', lane), now, 0
  if is_kind(lane_key, 'zset') then
    for _, key in ipairs(redis.call('ZRANGE', lane_key, 0, 4)) do
      local record = read_work(key)
      if record then due, tries = math.min(due, record.due), math.max(tries, record.tries) end
    end
    found[#found + 1] = {lane, redis.call('ZCARD', lane_key), due, tries, served_at(lane)}
  end
end
local there = {}
for i, key in ipairs(request.keys) do
  there[i] = math.max(redis.call('HEXISTS', work_key, key), redis.call('HEXISTS', aside_key, key))
end
return {now, found, redis.call('ZCARD', asides_key), there}
