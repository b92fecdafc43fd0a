-- Stores one decision about one case: document, journal lines, indexes, lists and work, all or nothing.
-- Scripts do not roll back, so everything that could be refused is looked at before the first write.
local function commit(wanted, document)
  local case_key, op_key = key_of('case', wanted.case), key_of('op', wanted.op)

  local seen = redis.call('GET', op_key)
  if seen then return {'again', now, seen} end

  -- What was decided on the strength of a shared document counts only while that document is still the same.
  for name, version in pairs(wanted.standing) do
    local standing = redis.call('GET', key_of('document', name))
    if (standing and head_of(standing) or '') ~= version then return {'moved', now, name} end
  end

  local stored = redis.call('GET', case_key)
  local last = '-'
  if wanted.old == '' then
    if stored then return {'taken', now, wanted.case} end
  else
    if not stored then return {'conflict', now, wanted.case} end
    local stamp, line = head_of(stored)
    if not stamp then return {'broken', now, wanted.case} end
    if stamp ~= wanted.old then return {'conflict', now, wanted.case} end
    last = line
  end

  if wanted.under[1] then
    local record = read_work(wanted.under[1])
    if not record or record.nonce ~= wanted.under[2] or record.lease <= now then return {'lost', now, wanted.case} end
  end

  for _, name in ipairs(wanted.take) do
    local holder = redis.call('GET', key_of('unique', name))
    if holder and holder ~= wanted.case then return {'held', now, holder} end
  end

  local sound = work_sound(wanted.work)
  for _, name in ipairs(wanted.give) do sound = sound and is_kind(key_of('unique', name), 'string') end
  for _, name in ipairs(wanted.outlast) do sound = sound and is_kind(key_of('unique', name), 'string') end
  for _, entry in ipairs(wanted.enter) do sound = sound and is_kind(key_of('list', entry[1]), 'zset') end
  for _, name in ipairs(wanted.leave) do sound = sound and is_kind(key_of('list', name), 'zset') end
  if not sound then return {'broken', now, wanted.case} end

  -- From here on only writes.
  for _, name in ipairs(wanted.take) do redis.call('SET', key_of('unique', name), wanted.case) end
  for _, name in ipairs(wanted.give) do
    local key = key_of('unique', name)
    if redis.call('GET', key) == wanted.case then redis.call('DEL', key) end
  end
  for _, name in ipairs(wanted.outlast) do
    local key = key_of('unique', name)
    if redis.call('GET', key) == wanted.case then redis.call('PEXPIRE', key, wanted.keep_names) end
  end
  for _, name in ipairs(wanted.leave) do redis.call('ZREM', key_of('list', name), wanted.case) end
  for _, entry in ipairs(wanted.enter) do
    redis.call('ZADD', key_of('list', entry[1]), whole(entry[2]), wanted.case)
  end
  for _, line in ipairs(wanted.lines) do
    last = journal(last, wanted.case, line.fact, line.at, line.by, line.detail, line.rev, line)
  end
  for _, piece in ipairs(wanted.work) do add_work(piece) end
  redis.call('SET', case_key, case_value(wanted.new, last, document))
  redis.call('SET', op_key, wanted.case, 'PX', wanted.keep)
  return {'ok', now, wanted.case}
end
