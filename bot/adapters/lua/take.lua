-- Takes due work under lease: lanes in order of their next start, one piece of each per round, paced by GCRA.
if not work_keys_sound() then return redis.error_reply('WRONGTYPE the queue is damaged') end

local taken, count, touched = {}, 0, {}

local function hand_out(key, record)
  count = count + 1
  taken[count] = {key, record.job, record.case, record.lane, record.nonce, record.due, record.lease,
    record.tries, record.urgency, record.args, faults_of(record), record.doubt == 1 and 1 or 0}
end

-- The answer to an earlier try was lost on the way: what it took is given again.
local function hand_out_again()
  local ours = {}
  for _, nonce in ipairs(request.nonces) do ours[nonce] = true end
  for _, key in ipairs(redis.call('ZRANGE', leases_key, 0, -1)) do
    local record = read_work(key)
    if record and ours[record.nonce] then hand_out(key, record) end
  end
end

local function shift_hash(key, by)
  local fields = redis.call('HGETALL', key)
  for i = 1, #fields, 2 do
    if tonumber(fields[i + 1]) > now then redis.call('HSET', key, fields[i], whole(tonumber(fields[i + 1]) - by)) end
  end
end

-- A lane of the wrong kind must not stop the others.
local function is_lane(lane)
  if is_kind(key_of('lane', lane), 'zset') then return true end
  redis.call('ZREM', lanes_key, lane)
  note_aside('lane ' .. lane, '-', 'its order is damaged')
  return false
end

-- The clock went back: leases that are now too far away have run out, gates and paces come along,
-- and what had been due stays due.
local function mend_after_jump(last)
  for _, key in ipairs(redis.call('ZRANGEBYSCORE', leases_key, whole(now + request.longest), '+inf')) do
    local record = read_work(key)
    if record then
      record.lease = now
      write_work(key, record)
      redis.call('ZADD', leases_key, whole(now), key)
      redis.call('ZADD', key_of('lane', record.lane), whole(now), key)
    end
  end
  shift_hash(gates_key, last - now)
  shift_hash(paces_key, last - now)
  for _, lane in ipairs(redis.call('ZRANGE', lanes_key, 0, -1)) do
    if not is_lane(lane) then break end
    local lane_key = key_of('lane', lane)
    for _, key in ipairs(redis.call('ZRANGEBYSCORE', lane_key, '(' .. whole(now), whole(last), 'LIMIT', 0, 1000)) do
      if not redis.call('ZSCORE', leases_key, key) then redis.call('ZADD', lane_key, whole(now), key) end
    end
    arrange(lane)
  end
end

-- Returns the arrival time to note when a piece starts now, or nil while the lane must wait; 0 without a pace.
local function paced(lane)
  local pace = request.paces[string.match(lane, '^[^:]*')]
  if not pace then return 0 end
  local every, burst = pace[1], pace[2]
  local arrival = tonumber(redis.call('HGET', paces_key, lane) or 0)
  if arrival > now + every * burst then arrival = now end
  local start = arrival - every * (burst - 1)
  if start > now then
    hold_gate(lane, start)
    return nil
  end
  return math.max(arrival, now) + every, every * (burst - 1)
end

local function first_sound(lane)
  local lane_key = key_of('lane', lane)
  while true do
    local key = redis.call('ZRANGEBYSCORE', lane_key, '-inf', whole(now), 'LIMIT', 0, 1)[1]
    if not key then return nil end
    local record, raw = read_work(key)
    if record and record.lane == lane then return key, record end
    if raw and not record then quarantine(key, raw) end
    redis.call('ZREM', lane_key, key)
  end
end

local function take_one(lane)
  if not is_lane(lane) then return false end
  touched[lane] = true
  local arrival, tolerance = paced(lane)
  if not arrival then return false end
  local key, record = first_sound(lane)
  if not key then return false end
  if in_doubt(record) then record.doubt = 1 end
  record.nonce, record.lease, record.tries = request.nonces[count + 1], now + request.lease, record.tries + 1
  write_work(key, record)
  redis.call('ZADD', leases_key, whole(record.lease), key)
  redis.call('ZADD', key_of('lane', lane), whole(record.lease), key)
  hold_gate(lane, now)
  if arrival > 0 then
    redis.call('HSET', paces_key, lane, whole(arrival))
    hold_gate(lane, arrival - tolerance)
  end
  hand_out(key, record)
  return true
end

local function take_rounds()
  local open = redis.call('ZRANGEBYSCORE', lanes_key, '-inf', whole(now), 'LIMIT', 0, 500)
  while count < #request.nonces and #open > 0 do
    local still = {}
    for _, lane in ipairs(open) do
      if count < #request.nonces and take_one(lane) then still[#still + 1] = lane end
    end
    open = still
  end
  for lane in pairs(touched) do arrange(lane) end
end

local clock_key = base .. ':clock'
local last = tonumber(redis.call('GET', clock_key) or 0)
if last > now + 1000 then
  redis.call('SET', clock_key, whole(now))
  mend_after_jump(last)
end
if tonumber(ARGV[3]) > 1 then hand_out_again() end
if count == 0 then take_rounds() end
if count > 0 then redis.call('SET', clock_key, whole(now)) end
local next = redis.call('ZRANGE', lanes_key, 0, 0, 'WITHSCORES')
return {now, next[2] and math.max(0, math.floor(tonumber(next[2]))) or -1, taken}
