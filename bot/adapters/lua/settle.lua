-- What became of pieces of work under lease: done, later, or set aside. Without its nonce nothing happens to a piece.
local sound = work_keys_sound()

-- It was asked for meanwhile: it starts over, as the newest asker said.
local function start_over(key, record, again)
  if again.lane ~= record.lane then forget(key, record.lane) end
  place(key, again)
end

local verbs = {}

function verbs.later(piece, record, again)
  record.due, record.score, record.reason = now + piece.after, now + piece.after, piece.reason
  record.faults = faults_of(record) + piece.faults
  local lane = record.lane
  if piece.pause > 0 then hold_gate(lane, now + piece.pause) end
  if again then
    again.tries, again.faults, again.reason = record.tries, record.faults, record.reason
    if again.lane ~= lane then forget(piece.key, lane) end
    record = merged(record, again)
  end
  place(piece.key, record)
  arrange(lane)
end

function verbs.done(piece, record, again)
  if again then return start_over(piece.key, record, again) end
  forget(piece.key, record.lane)
end

function verbs.set_aside(piece, record, again)
  record.nonce, record.lease, record.reason, record.at = '', 0, piece.reason, now
  keep_aside(piece.key, cmsgpack.pack(record))
  note_aside(piece.key, record.case, piece.reason)
  verbs.done(piece, record, again)
end

local function settle(piece)
  local record = read_work(piece.key)
  if not record or record.nonce ~= piece.nonce then return 'lost' end
  if not sound or not is_kind(key_of('lane', record.lane), 'zset') then return 'broken' end
  local again = is_record(record.again) and record.again or nil
  record.again = nil
  verbs[piece.verb](piece, record, again)
  return 'ok'
end

local verdicts = {}
for i, piece in ipairs(request.pieces) do verdicts[i] = settle(piece) end
return {now, verdicts}
