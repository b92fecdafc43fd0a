-- What became of pieces of work under lease: done, later, or set aside. Without its nonce nothing happens to a piece.
local sound = work_keys_sound()

-- It was asked for meanwhile: it starts over, as the newest asker said.
local function start_over(key, record, again)
  if again.lane ~= record.lane then forget(key, record.lane) end
  place(key, again)
end

local verbs = {}

function verbs.later(piece, record, again)
  -- This worker has spoken: what it leaves in doubt it says itself.
  record.nonce = ''
  record.asked, record.away = asked_at(record), piece.away
  record.due, record.reason = now + piece.after, piece.reason
  -- Where the whole lane pauses for as long it keeps its place: who is told to slow down must not go behind all others.
  if piece.pause == 0 or piece.pause < piece.after then record.score = record.due end
  record.faults = faults_of(record) + piece.faults
  local lane = record.lane
  if piece.pause > 0 then hold_gate(lane, now + piece.pause) end
  if piece.away > 0 and not redis.call('HGET', closed_key, lane) then
    redis.call('HSET', closed_key, lane, whole(now))
  end
  if again then
    again.tries, again.faults, again.reason = record.tries, record.faults, record.reason
    if again.lane ~= lane then forget(piece.key, lane) end
    record = merged(record, again)
  end
  place(piece.key, record)
  arrange(lane)
end

local function leave(piece, record, again)
  if again then return start_over(piece.key, record, again) end
  forget(piece.key, record.lane)
end

function verbs.done(piece, record, again)
  local lane = record.lane
  leave(piece, record, again)
  came_through(lane)
end

function verbs.set_aside(piece, record, again)
  record.nonce, record.lease, record.reason, record.at = '', 0, piece.reason, now
  keep_aside(piece.key, cmsgpack.pack(record))
  note_aside(piece.key, record.case, piece.reason)
  leave(piece, record, again)
end

local function settle(piece)
  local record = read_work(piece.key)
  if not record or record.nonce ~= piece.nonce then
    -- Asked again after a lost answer, it is settled where nobody holds it.
    local held = record and record.nonce ~= ''
    return (held or tonumber(ARGV[3]) == 1) and 'lost' or 'ok'
  end
  if not sound or not is_kind(key_of('lane', record.lane), 'zset') then return 'broken' end
  local again = is_record(record.again) and record.again or nil
  record.again = nil
  verbs[piece.verb](piece, record, again)
  return 'ok'
end

local verdicts = {}
for i, piece in ipairs(request.pieces) do verdicts[i] = settle(piece) end
return {now, verdicts}
