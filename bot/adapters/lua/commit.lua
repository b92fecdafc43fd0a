-- Stores one decision about one case: document, journal lines, indexes, lists and work, all or nothing.
-- Scripts do not roll back, so everything that could be refused is looked at before the first write.
local case_key, op_key = key_of('case', request.case), key_of('op', request.op)
local document = ARGV[4]

local seen = redis.call('GET', op_key)
if seen then return {'again', now, seen} end

-- What was decided on the strength of a shared document counts only while that document is still the same.
for name, version in pairs(request.standing) do
  local document = redis.call('GET', key_of('document', name))
  if (document and head_of(document) or '') ~= version then return {'moved', now, name} end
end

local stored = redis.call('GET', case_key)
local last = '-'
if request.old == '' then
  if stored then return {'taken', now, request.case} end
else
  if not stored then return {'conflict', now, request.case} end
  local stamp, line = head_of(stored)
  if not stamp then return {'broken', now, request.case} end
  if stamp ~= request.old then return {'conflict', now, request.case} end
  last = line
end

if request.under[1] then
  local record = read_work(request.under[1])
  if not record or record.nonce ~= request.under[2] or record.lease <= now then return {'lost', now, request.case} end
end

for _, name in ipairs(request.take) do
  local holder = redis.call('GET', key_of('unique', name))
  if holder and holder ~= request.case then return {'held', now, holder} end
end

local sound = work_sound(request.work)
for _, name in ipairs(request.give) do sound = sound and is_kind(key_of('unique', name), 'string') end
for _, name in ipairs(request.outlast) do sound = sound and is_kind(key_of('unique', name), 'string') end
for _, entry in ipairs(request.enter) do sound = sound and is_kind(key_of('list', entry[1]), 'zset') end
for _, name in ipairs(request.leave) do sound = sound and is_kind(key_of('list', name), 'zset') end
if not sound then return {'broken', now, request.case} end

-- From here on only writes.
for _, name in ipairs(request.take) do redis.call('SET', key_of('unique', name), request.case) end
for _, name in ipairs(request.give) do
  local key = key_of('unique', name)
  if redis.call('GET', key) == request.case then redis.call('DEL', key) end
end
for _, name in ipairs(request.outlast) do
  local key = key_of('unique', name)
  if redis.call('GET', key) == request.case then redis.call('PEXPIRE', key, request.keep_names) end
end
for _, name in ipairs(request.leave) do redis.call('ZREM', key_of('list', name), request.case) end
for _, entry in ipairs(request.enter) do
  redis.call('ZADD', key_of('list', entry[1]), whole(entry[2]), request.case)
end
for _, line in ipairs(request.lines) do
  last = journal(last, request.case, line.fact, line.at, line.by, line.detail, line.rev)
end
for _, piece in ipairs(request.work) do add_work(piece) end
redis.call('SET', case_key, case_value(request.new, last, document))
redis.call('SET', op_key, request.case, 'PX', request.keep)
return {'ok', now, request.case}
