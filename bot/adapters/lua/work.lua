-- How waiting work is stored. Nothing here decides; `place` and `arrange` keep record and order in step.
--   work   hash   key -> record (msgpack)             lane:<lane>  zset  key -> score (due, or end of its lease)
--   lanes  zset   lane -> next possible start          leases       zset  key -> end of its lease
--   gates  hash   lane -> not before                   paces        hash  lane -> GCRA arrival time
--   closed hash   lane -> since when nothing came through, though something was tried
--   aside  hash   key -> record that people must look at; asides  zset  key -> when, so that the oldest can go
local work_key, lanes_key, leases_key = base .. ':work', base .. ':lanes', base .. ':leases'
local gates_key, paces_key, closed_key = base .. ':gates', base .. ':paces', base .. ':closed'
local aside_key, asides_key = base .. ':aside', base .. ':asides'
-- A person can look through so many; more are never looked at, and must not fill the memory.
local MOST_ASIDE = 1000
local URGENCY_STEP = 20000
-- The highest urgency overtakes whatever waits, however long: in a flood a lane is hours behind.
local FIRST, FIRST_BY = 3, 30 * 86400000

local function work_keys_sound()
  return is_kind(work_key, 'hash') and is_kind(lanes_key, 'zset') and is_kind(leases_key, 'zset')
    and is_kind(gates_key, 'hash') and is_kind(paces_key, 'hash') and is_kind(aside_key, 'hash')
    and is_kind(asides_key, 'zset') and is_kind(closed_key, 'hash')
    and is_kind(journal_key, 'stream') and is_kind(counts_key, 'hash')
end

local NUMBERS = {'due', 'urgency', 'tries', 'score', 'lease'}
local STRINGS = {'job', 'case', 'lane', 'args', 'nonce', 'reason'}

local function is_record(record)
  if type(record) ~= 'table' then return false end
  for _, name in ipairs(NUMBERS) do if type(record[name]) ~= 'number' then return false end end
  for _, name in ipairs(STRINGS) do if type(record[name]) ~= 'string' then return false end end
  return true
end

-- Tries that failed by an error of our own; a record of an earlier version does not say.
local function faults_of(record)
  return tonumber(record.faults) or 0
end

-- Whether what an earlier try did may still come through: its worker fell silent, or what it spoke to did not answer.
local function in_doubt(record)
  return record.doubt == 1 or record.nonce ~= '' or record.away == 1
end

-- When it was first to be done, however often it was put back since.
local function asked_at(record)
  return tonumber(record.asked) or record.due
end

-- Returns the record, or nil and (where there is one that cannot be read) its bytes.
local function read_work(key)
  local raw = redis.call('HGET', work_key, key)
  if not raw then return nil, nil end
  local sound, record = pcall(cmsgpack.unpack, raw)
  if sound and is_record(record) then return record, raw end
  return nil, raw
end

-- Whether these pieces can be added without running into a key of another kind.
local function work_sound(pieces)
  if not work_keys_sound() then return false end
  for _, piece in ipairs(pieces) do
    local old = read_work(piece.key)
    if not is_kind(key_of('lane', piece.lane), 'zset') then return false end
    if old and not is_kind(key_of('lane', old.lane), 'zset') then return false end
  end
  return true
end

local function write_work(key, record)
  redis.call('HSET', work_key, key, cmsgpack.pack(record))
end

-- A lane starts with its first piece, but not before its gate (pace, pause, or its turn after others).
local function arrange(lane)
  local first = redis.call('ZRANGE', key_of('lane', lane), 0, 0, 'WITHSCORES')
  local gate = tonumber(redis.call('HGET', gates_key, lane) or 0)
  if first[1] then
    redis.call('ZADD', lanes_key, whole(math.max(tonumber(first[2]), gate)), lane)
    return
  end
  redis.call('ZREM', lanes_key, lane)
  redis.call('HDEL', closed_key, lane)
  if gate <= now then redis.call('HDEL', gates_key, lane) end
  if tonumber(redis.call('HGET', paces_key, lane) or 0) <= now then redis.call('HDEL', paces_key, lane) end
end

local function hold_gate(lane, until_when)
  local gate = tonumber(redis.call('HGET', gates_key, lane) or 0)
  if until_when > gate then redis.call('HSET', gates_key, lane, whole(until_when)) end
end

-- Puts a record where it waits, outside any lease.
local function place(key, record)
  record.nonce, record.lease = '', 0
  write_work(key, record)
  redis.call('ZREM', leases_key, key)
  redis.call('ZADD', key_of('lane', record.lane), whole(record.score), key)
  arrange(record.lane)
end

local function forget(key, lane)
  redis.call('HDEL', work_key, key)
  redis.call('ZREM', leases_key, key)
  redis.call('ZREM', key_of('lane', lane), key)
  arrange(lane)
end

local function note_aside(what, case, reason)
  redis.call('HINCRBY', counts_key, 'set_aside', 1)
  journal('-', case, 'SetAside', now, 'desk', what .. ': ' .. reason, 0)
end

-- Keeps a record where people see it; beyond the most, the oldest is given up, counted and written down.
local function keep_aside(key, packed)
  redis.call('HSET', aside_key, key, packed)
  redis.call('ZADD', asides_key, whole(now), key)
  while redis.call('ZCARD', asides_key) > MOST_ASIDE do
    local oldest = redis.call('ZPOPMIN', asides_key)[1]
    redis.call('HDEL', aside_key, oldest)
    redis.call('HINCRBY', counts_key, 'given_up', 1)
    journal('-', '-', 'GivenUp', now, 'desk', oldest .. ': too many are set aside', 0)
  end
end

local function drop_aside(key)
  redis.call('HDEL', aside_key, key)
  redis.call('ZREM', asides_key, key)
end

-- Bytes that nobody can read are kept for people to look at, never thrown away.
local function quarantine(key, raw)
  keep_aside(key, cmsgpack.pack({raw = raw, reason = 'unreadable', at = now}))
  redis.call('HDEL', work_key, key)
  redis.call('ZREM', leases_key, key)
  note_aside(key, '-', 'its stored work could not be read')
end

-- Work that is due at once comes 20 s earlier per step of urgency, the most urgent before all; work for later keeps its time.
local function asked(piece)
  local due = now + piece.after
  local step = piece.urgency >= FIRST and FIRST_BY or URGENCY_STEP * piece.urgency
  local boost = piece.after == 0 and step or 0
  return {job = piece.job, case = piece.case, lane = piece.lane, args = piece.args, urgency = piece.urgency,
    due = due, asked = due, score = due - boost, tries = 0, faults = 0, nonce = '', lease = 0, reason = ''}
end

-- Equal keys are one piece of work: the newest words, the earliest time.
local function merged(old, new)
  new.due, new.score = math.min(old.due, new.due), math.min(old.score, new.score)
  new.urgency = math.max(old.urgency, new.urgency)
  new.asked, new.away = math.min(asked_at(old), asked_at(new)), old.away
  if in_doubt(old) then new.doubt = 1 end
  return new
end

local function add_work(piece)
  local new = asked(piece)
  local old, raw = read_work(piece.key)
  if raw and not old then quarantine(piece.key, raw) end
  if not old then return place(piece.key, new) end
  if old.nonce ~= '' and old.lease > now then
    old.again = is_record(old.again) and merged(old.again, new) or new
    return write_work(piece.key, old)
  end
  new.tries, new.faults = old.tries, faults_of(old)
  if is_record(old.again) then new = merged(old.again, new) end
  if old.lane ~= new.lane then forget(piece.key, old.lane) end
  place(piece.key, merged(old, new))
end
