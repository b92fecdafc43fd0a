-- What became of a piece of work under lease: done, later, or set aside. Without its nonce nothing happens.
local record = read_work(request.key)
if not record or record.nonce ~= request.nonce then return {'lost', now} end
if not work_keys_sound() or not is_kind(key_of('lane', record.lane), 'zset') then return {'broken', now} end

local again = is_record(record.again) and record.again or nil
record.again = nil

-- It was asked for meanwhile: it starts over, as the newest asker said.
local function start_over()
  if again.lane ~= record.lane then forget(request.key, record.lane) end
  place(request.key, again)
end

local function later()
  record.due, record.score, record.reason = now + request.after, now + request.after, request.reason
  record.faults = faults_of(record) + request.faults
  local lane = record.lane
  if request.pause > 0 then hold_gate(lane, now + request.pause) end
  if again then
    again.tries, again.faults, again.reason = record.tries, record.faults, record.reason
    if again.lane ~= lane then forget(request.key, lane) end
    record = merged(record, again)
  end
  place(request.key, record)
  arrange(lane)
end

local function done()
  if again then return start_over() end
  forget(request.key, record.lane)
end

local function set_aside()
  record.nonce, record.lease, record.reason, record.at = '', 0, request.reason, now
  keep_aside(request.key, cmsgpack.pack(record))
  note_aside(request.key, record.case, request.reason)
  done()
end

local verbs = {done = done, later = later, set_aside = set_aside}
verbs[request.verb]()
return {'ok', now}
