-- Stores one decision about a document that the desk shares: document, journal lines and work, all or nothing.
-- As with cases, everything that could be refused is looked at before the first write.
local document_key, op_key = key_of('document', request.name), key_of('op', request.op)

if redis.call('EXISTS', op_key) == 1 then return {'again', now} end
if not is_kind(document_key, 'string') then return {'broken', now} end

local stored, last = redis.call('GET', document_key), '-'
if (request.old == '') == (stored ~= false) then return {'conflict', now} end
if stored then
  local stamp, line = head_of(stored)
  if not stamp then return {'broken', now} end
  if stamp ~= request.old then return {'conflict', now} end
  last = line
end
if not work_sound(request.work) then return {'broken', now} end

-- From here on only writes.
for _, line in ipairs(request.lines) do
  last = journal(last, request.name, line.fact, line.at, line.by, line.detail, line.rev, line)
end
for _, piece in ipairs(request.work) do add_work(piece) end
redis.call('SET', document_key, case_value(request.new, last, ARGV[4]))
redis.call('SET', op_key, '-', 'PX', request.keep)
return {'ok', now}
