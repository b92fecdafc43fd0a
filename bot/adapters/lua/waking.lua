-- What waits in a lane is put in order again when the place it goes to is back.
-- A lane opens when something comes through after nothing has for so long: the longest wait between two tries.
local SHUT_FOR = 60000
-- Of more, the rest comes after these; so many take the server about 35 ms. What was tried last stands at the end of the lane.
local MOST_WOKEN, TRIED_LAST = 1000, 200
-- The most severe come first, but each so many-th is the oldest, so that it is not passed over until all of them are done.
local OLDEST_EACH = 4

-- What waits because the lane was shut: it was put back for that, or its time came meanwhile.
local function waiting_in(lane)
  local found, seen = {}, {}
  local function look(key)
    local one = not seen[key] and read_work(key)
    seen[key] = true
    if one and one.nonce == '' and (one.due <= now or tonumber(one.away) == 1) then
      found[#found + 1] = {key = key, record = one, asked = asked_at(one)}
    end
  end
  local lane_key = key_of('lane', lane)
  for _, key in ipairs(redis.call('ZREVRANGE', lane_key, 0, TRIED_LAST - 1)) do look(key) end
  for _, key in ipairs(redis.call('ZRANGE', lane_key, 0, MOST_WOKEN - TRIED_LAST - 1)) do look(key) end
  return found
end

local function older(one, other)
  if one.asked ~= other.asked then return one.asked < other.asked end
  return one.key < other.key
end

local function more_severe(one, other)
  if one.record.urgency ~= other.record.urgency then return one.record.urgency > other.record.urgency end
  return older(one, other)
end

local function sorted(waiting, before)
  local order = {}
  for place, one in ipairs(waiting) do order[place] = one end
  table.sort(order, before)
  return order
end

-- Returns the first that has no place yet, and where it stands.
local function unplaced(order, from)
  while order[from].placed do from = from + 1 end
  return order[from], from
end

-- Everything that waits is due now, the most severe first. What is asked for from now on comes after it, emergencies excepted.
local function wake(lane, since)
  local waiting = waiting_in(lane)
  local severe, old = sorted(waiting, more_severe), sorted(waiting, older)
  local one, next_severe, next_old = nil, 1, 1
  for place = 1, #waiting do
    one, next_severe = unplaced(severe, next_severe)
    if one.record.urgency < FIRST and place % OLDEST_EACH == 0 then one, next_old = unplaced(old, next_old) end
    one.placed = true
    local first = one.record.urgency >= FIRST
    one.record.due, one.record.away = math.min(one.record.due, now), 0
    one.record.score = first and one.asked - FIRST_BY or since + place
    write_work(one.key, one.record)
    redis.call('ZADD', key_of('lane', lane), whole(one.record.score), one.key)
  end
  arrange(lane)
end

-- Something came through: a lane that had been shut for long opens.
local function came_through(lane)
  local since = tonumber(redis.call('HGET', closed_key, lane))
  if not since then return end
  redis.call('HDEL', closed_key, lane)
  if now - since >= SHUT_FOR then wake(lane, since) end
end
